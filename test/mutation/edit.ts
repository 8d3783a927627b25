/** One replacement in one source: `find`, which occurs once in `file` (from the repository's root), becomes `replace`. */
export type Edit = { readonly file: string; readonly find: string; readonly replace: string }

/** The text with the edit made. Throws {@link EditError} unless the edit has exactly one place. */
export function edited(text: string, edit: Edit): string {
  const parts = text.split(edit.find)
  if (parts.length !== 2) throw new EditError(edit, parts.length - 1)
  return parts.join(edit.replace)
}

/** The source has changed so that an edit no longer finds its place. */
export class EditError extends Error {
  override readonly name = 'Mutation.EditError'
  constructor({ file, find }: Edit, places: number) {
    super(`Expected one place in ${file} for ${JSON.stringify(find)}, got ${places}. Adjust the edit to the source.`)
  }
}
