/** How many of so many endpoints must say the same where nobody says how many: more than half. */
export function majorityOf(endpoints: number): number {
  return Math.floor(endpoints / 2) + 1
}

/** The first of these endpoints that is one of those before, however it is written: it would agree with itself. Undefined for none. */
export function repeatedIn(urls: readonly string[]): string | undefined {
  const places = urls.map(placeOf)
  return urls.find((_, i) => places.indexOf(places[i] ?? '') !== i)
}

/** What is asked for a URL: the host in small letters, without the scheme's own port, without what never leaves the asker. */
function placeOf(text: string): string {
  const url = URL.parse(text)
  if (url === null) return text
  url.hash = ''
  return url.href
}
