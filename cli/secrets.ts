const KEY_WITHIN = /(?:0x)?[0-9a-f]{64,}/gi
const ADDRESS_WITHIN = /([a-z][\w+.-]*:\/\/)(?:[^/?#\s"']*@)?([^/?#\s"']*)([^\s"']*)/gi

/** A text to be shown to others: without 32 bytes of hex, which may be a private key, and of addresses the host alone. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(ADDRESS_WITHIN, (_, scheme: string, host: string, rest: string) => {
      return `${scheme}${host}${rest.length > 1 ? '/…' : rest}`
    })
    .replaceAll(KEY_WITHIN, (hex) => {
      const digits = hex.replace(/^0x/i, '')
      return `(${digits === hex ? '' : '0x and '}${digits.length} digits of hex)`
    })
}
