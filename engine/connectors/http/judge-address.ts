import ipaddr from 'ipaddr.js';
import { EngineError } from '../../errors.ts';

type Address = ReturnType<typeof ipaddr.process>;

/**
 * Says whether an address may be connected to: one of the public internet, or one inside a network that is listed. An IPv4
 * address in IPv6 dress is judged as what it is.
 */
export function addressJudge(networks: readonly string[], connection: string): (address: string) => boolean {
  const allowed = networks.map((network) => parseNetwork(network, connection));
  return (text) => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return isPublic(address) || allowed.some((network) => isInside(address, network));
  };
}

/** All that is given to anyone in the internet lies in here; what is left of IPv6 is for other uses or for none yet. */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

function isPublic(address: Address): boolean {
  return address.range() === 'unicast' && (address.kind() === 'ipv4' || isInside(address, GLOBAL_IPV6));
}

type Network = readonly [Address, number];

function isInside(address: Address, [base, bits]: Network): boolean {
  return address.kind() === base.kind() && address.match(base, bits);
}

function parseNetwork(text: string, connection: string): Network {
  try {
    if (!text.includes('/')) {
      const address = ipaddr.process(text);
      return [address, address.kind() === 'ipv4' ? 32 : 128];
    }
    return ipaddr.parseCIDR(text);
  } catch {
    const example = 'an address with the bits of its network, such as 10.1.0.0/16';
    throw new EngineError('CONFIG_INVALID', `connections.${connection}.allow_networks: ${text} is not ${example}`);
  }
}
