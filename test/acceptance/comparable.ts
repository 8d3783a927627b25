/** Text of a command without what differs from run to run: hashes, instants, what is left until them, ports, gas, room. */
export function comparable(text: string): string {
  return text
    .replaceAll(/0x[0-9a-fA-F]{40,}/g, '0x…')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME')
    .replaceAll(/\b1[78]\d{8}\b/g, 'UNIX')
    .replaceAll(/\((in )?\d+ (d|h|min|s)( \d+ (h|min|s))?( ago)?\)/g, '(WHEN)')
    .replaceAll(/\bport \d{4,5}\b/g, 'port PORT')
    .replaceAll(/127\.0\.0\.1:\d{4,5}/g, '127.0.0.1:PORT')
    .replaceAll(/(about|at most) 0\.00\d+ ETH/g, '$1 GAS')
    .replaceAll(/\b0\.\d{5,} ETH/g, 'GAS')
    .replaceAll(/\b\d+ s ago/g, 'WHEN')
    .replaceAll(/\bblock \d+/g, 'block N')
    .replaceAll(/[\d.]+ GB free/g, 'ROOM free')
}
