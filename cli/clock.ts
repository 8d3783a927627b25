/** The time of this machine, Unix seconds: what tells an old block from a new one. */
export function systemTime(): bigint {
  return BigInt(Math.floor(Date.now() / 1000))
}
