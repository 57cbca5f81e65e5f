import type { FaultyLink } from '../servers/toxiproxy.ts';

/** What can become of a network, and how it is brought about; gives what ends it. */
export interface NetworkFault {
  readonly name: string;
  readonly begin: (link: FaultyLink, random: () => number) => Promise<() => Promise<void>>;
}

/** Every fault hits open connections as well as new ones. */
export const NETWORK_FAULTS: readonly NetworkFault[] = [
  {
    name: 'down',
    begin: async (link) => {
      await link.down();
      return link.up;
    },
  },
  toxic('reset', 'reset_peer', () => ({ timeout: 0 })),
  // Nothing comes any more, and no connection ends.
  toxic('black hole', 'timeout', () => ({ timeout: 0 })),
  {
    name: 'truncation',
    begin: async (link, random) => {
      // The connection ends in order, as after a last byte, wherever that is.
      const toxics = [
        await link.addToxic({ type: 'limit_data', attributes: { bytes: 1 + Math.floor(random() * 65_536) } }),
        await link.addToxic({
          type: 'limit_data',
          attributes: { bytes: 1 + Math.floor(random() * 65_536) },
          stream: 'upstream',
        }),
      ];
      return async () => {
        for (const each of toxics) await each.remove();
      };
    },
  },
  toxic('latency of 25 s', 'latency', () => ({ latency: 25_000, jitter: 0 })),
];

function toxic(name: string, type: 'reset_peer' | 'timeout' | 'latency', attributes: () => object): NetworkFault {
  return {
    name,
    begin: async (link) => {
      const added = await link.addToxic({ type, attributes: attributes() });
      return added.remove;
    },
  };
}
