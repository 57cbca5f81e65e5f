import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { dockerfileCopies } from './deployment/dockerfile-copies.ts';
import { lintCompose } from './deployment/lint-compose.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const compose = readText('docker-compose.yml');

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly healthcheck?: object;
}
const { services } = parse(compose, { merge: true }) as { services: Readonly<Record<string, Service>> };
const all = Object.entries(services);

function readText(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

/** The names in `${NAME}`, `${NAME:?message}` and `${NAME:-default}`; `$$` is Compose's plain dollar. */
function variablesOf(text: string): readonly string[] {
  const names = [...text.replaceAll('$$', '').matchAll(/\$\{([A-Z_]+)[^}]*\}/g)].map(([, name = '']) => name);
  return [...new Set(names)];
}

/** The names that .env.example lists, with the value it gives. */
function exampleValues(): ReadonlyMap<string, string> {
  const lines = readText('.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm);
  return new Map([...lines].map(([, name = '', value = '']) => [name, value]));
}

describe('the compose file', () => {
  test('keeps to the Compose schema and to the rules on tags, ports and names', () => {
    expect(lintCompose(compose)).toEqual([]);
  });

  test('has the services of a real deployment', () => {
    expect(Object.keys(services)).toEqual([
      'warehouse',
      'temporal-db',
      'temporal-schema',
      'temporal',
      'temporal-namespace',
      'temporal-ui',
      'worker',
      'web',
    ]);
  });

  test('takes every variable from .env.example, and that file has no other', () => {
    expect(variablesOf(compose).toSorted()).toEqual([...exampleValues().keys()].toSorted());
  });

  test('has no default for a secret: it is asked for by name, and no example gives one', () => {
    for (const name of ['WAREHOUSE_PASSWORD', 'TEMPORAL_DB_PASSWORD', 'ERP_URL', 'TICKMARK_ALERT_URL']) {
      expect(exampleValues().get(name)).toBe('');
      const uses = [...compose.matchAll(new RegExp(`\\$\\{${name}[^}]*\\}`, 'g'))].map(([use]) => use);
      expect(new Set(uses)).toEqual(new Set([`\${${name}:?set ${name} in .env}`]));
    }
    const plain = all.flatMap(([name, service]) =>
      Object.entries(service.environment ?? {})
        .filter(([key, value]) => /PASSWORD|PWD|_URL$/.test(key) && !String(value).includes(':?'))
        .map(([key]) => `${name}.${key}`),
    );
    expect(plain).toEqual([]);
  });

  test('publishes ports on loopback only', () => {
    const ports = all.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  test('hardens every service, and writes to no file system of ours but its volumes', () => {
    for (const [name, service] of all) {
      expect([name, service.security_opt]).toEqual([name, ['no-new-privileges:true']]);
      expect([name, service.restart]).toEqual([name, expect.stringMatching(/^(unless-stopped|on-failure:5)$/)]);
      if (service.build !== undefined) expect([name, service.read_only]).toEqual([name, true]);
    }
  });

  test('starts files that exist, in the image that it builds', () => {
    const built = all.filter(([, service]) => service.build !== undefined);
    expect(built.map(([name]) => name)).toEqual(['worker', 'web']);
    for (const [, service] of built) {
      const [program, file = ''] = service.command ?? [];
      expect(program).toBe('node');
      expect([file, existsSync(`${root}${file}`)]).toEqual([file, true]);
    }
  });
});

describe('a broken compose file is refused', () => {
  test.each([
    ['a key that Compose does not know', 'restart: unless-stopped', 'restarts: unless-stopped', 'invalid-schema'],
    ['a port on every interface', "'127.0.0.1:${WEB_PORT:-8080}:8080'", "'8080:8080'", 'no-unbound-port-interfaces'],
    ['an image without a version', 'image: postgres:18.4', 'image: postgres', 'service-image-require-explicit-tag'],
    ['text that is not YAML', 'services:', 'services: [', 'invalid-yaml'],
    ['a command that YAML reads as a map', '? 0 : 1), () => process.exit(1))"', '"\n        - a: b', 'invalid-schema'],
  ])('%s', (_what, right, wrong, rule) => {
    expect(compose).toContain(right);
    expect(lintCompose(compose.replace(right, () => wrong)).join('\n')).toContain(rule);
  });
});

describe('the image', () => {
  const dockerfile = readText('Dockerfile');
  const copies = dockerfileCopies(dockerfile);

  test('copies only what exists', () => {
    expect(copies.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
    expect(copies.length).toBeGreaterThan(5);
  });

  test('copies every folder of the product, and none of the tests', () => {
    const apart = new Set(['node_modules', 'test', 'bench', 'examples', 'coverage', 'docs']);
    const folders = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && !apart.has(entry.name))
      .map(({ name }) => name);
    expect(folders.filter((folder) => !copies.includes(folder))).toEqual([]);
    expect(copies.filter((path) => apart.has(path))).toEqual([]);
  });

  test('is let through .dockerignore, which keeps out everything else', () => {
    const rules = readText('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(rules[0]).toBe('*');
    expect(
      rules
        .slice(1)
        .map((rule) => rule.replace(/^!/, ''))
        .toSorted(),
    ).toEqual([...new Set(copies)].toSorted());
  });

  test('runs as nobody special, installs without scripts, and holds no secret', () => {
    const lines = dockerfile.split('\n');
    expect(lines.findLast((line) => line.startsWith('USER '))).toBe('USER node');
    expect(dockerfile).toContain('npm ci --omit=dev --ignore-scripts');
    expect(dockerfile).not.toMatch(/^(ARG|ENV) .*(PASSWORD|TOKEN|SECRET|_URL)/m);
  });

  test('a copy is read with its flags, its several sources and without other stages', () => {
    const text = 'COPY --chown=node:node a b ./\nCOPY --from=build /x ./x\n# COPY c ./c\nRUN COPY';
    expect(dockerfileCopies(text)).toEqual(['a', 'b']);
  });
});
