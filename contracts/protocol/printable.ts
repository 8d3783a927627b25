/** What a terminal obeys or hides: control and format characters, and what ends a line or a paragraph. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * Words that anyone may have written, on one line and with nothing in them that a terminal obeys or hides: each such character as the escape
 * that JSON has for it, `\u001b`, so that JSON still says the same.
 */
export function printable(text: string): string {
  return text.replaceAll(OBEYED, escaped)
}

function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, i) => {
    return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`
  }).join('')
}
