/** What to do about a TCP port of this machine that another program has, which the setting `listen` or `http_port` names. */
export function takenPortRemedy(port: number | string, setting: 'in listen' | 'http_port'): string {
  return `See whose it is: ss -ltnp 'sport = :${port}'; stop that, or take another ${setting}.`
}
