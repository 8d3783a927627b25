/** Words as a shell reads them: quoted where they hold anything that it would not leave alone. */
export function commandLine(...words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./…-]+$/.test(word) ? word : shellQuoted(word))).join(' ')
}

/** A text as one word of sh, bash or zsh, whatever it holds. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
