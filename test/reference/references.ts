import { commandsReference } from './commands.ts'
import { errorsReference } from './errors.ts'
import { jsonReference } from './json.ts'
import { settingsReference } from './settings.ts'

/** What is generated, and by what. */
export const REFERENCES: readonly { readonly file: string; readonly write: () => Promise<string> | string }[] = [
  { file: 'docs/reference/commands.md', write: commandsReference },
  { file: 'docs/reference/errors.md', write: errorsReference },
  { file: 'docs/reference/json.md', write: jsonReference },
  { file: 'docs/reference/settings.md', write: settingsReference },
]
