# The worker and the status page: one image, two commands (docker-compose.yml).
FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No install script of a dependency runs: native parts come as prebuilt packages of the lock file.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && npm cache clean --force

FROM node:24.21.0-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json package-lock.json tsconfig.json ./
# HOW
COPY engine ./engine
COPY activities ./activities
COPY workflows ./workflows
COPY embedded ./embedded
COPY cli ./cli
COPY web ./web
COPY bin ./bin
# WHAT: rebuild the image, or mount these, when the content changes.
COPY tickmark.yml ./
COPY sql ./sql
COPY checks ./checks
# The only place it writes to; a volume mounted here takes over this owner.
RUN install --directory --owner=node --group=node .tickmark
USER node
EXPOSE 8080
# The environment holds every secret; none is in the image.
CMD ["node", "bin/tickmark.ts", "worker"]
