/** `text` with no more than the host of every address in it: a key to an endpoint may stand in the rest. */
export function withHosts(text: string): string {
  return text.replaceAll(/\b((?:https?|wss?):\/\/)(?:[^\s/?#]*@)?([^\s/?#"']+)[^\s"']*/gi, '$1$2')
}
