import { KNOWN_ERRORS } from '#client/errors.ts'
import { revertText } from '#client/revert-text.ts'
import { failureOf } from '../../cli/errors.ts'
import { code, NOTICE, table } from './markdown.ts'
import {
  type ContractError,
  contractErrors,
  libraryErrors,
  type Message,
  type NamedError,
  namedErrorsIn,
  thrownIn,
} from './source-errors.ts'

/** Folders of cli/ and what their commands are about, in the order of the document. */
const SUBJECTS: readonly (readonly [folder: RegExp, title: string])[] = [
  [/^cli\/(?:arguments|environment|options|errors|program)\.ts$/, 'Arguments and environment'],
  [/^cli\/chain\//, 'Connecting, signing, sending'],
  [
    /^cli\/fixing\/|^cli\/commands\/(?:fixing|status|propose|contribute|claim|receipts|fund|request|collect|watch|verify)/,
    'Fixings, stakes, claims',
  ],
  [/^cli\/vault\/|^cli\/commands\/(?:series|split|merge|redeem)/, 'P and N'],
  [/^cli\/index\/|^cli\/commands\/(?:index|evidence|differences)/, 'Indices and evidence'],
  [
    /^cli\/reporter\/|^cli\/commands\/(?:keys|register|reporters|membership|node|doctor|journal|halt|backup|signer|init)/,
    'Reporters and nodes',
  ],
  [/^cli\/court\/|^cli\/commands\/(?:jury|council|uma)/, 'Courts'],
  [/./, 'Everything else'],
]

/** docs/reference/errors.md: what can be said to a user, what it means, and what to do. */
export function errorsReference(): string {
  const own = contractErrors()
  const ownNames = new Set(own.map(({ name }) => name))
  const foreign = new Set(
    KNOWN_ERRORS.flatMap((item) => (item.type === 'error' && !ownNames.has(item.name) ? [item.name] : [])),
  )
  const lines = [
    '# Errors',
    '',
    NOTICE,
    '',
    'Every error of a command is one line: what was expected, what was found, and what to do next. With `--json` it is one document: `{"version": 1, "error":',
    '{"name", "message", "hint", "exitCode"}}`; match on `name`, never on the text. What varies stands in ‹› by its name in the source. By symptom, with',
    'what lies behind: [faq.md](../faq.md).',
    '',
    '## Of the contracts',
    '',
    'A transaction is simulated before it is sent, so these cost nothing. On the command line they have the name `Client.OracleRevertError`; in a program match on its `errorName`.',
    'One without a text of its own is shown by its name with its figures, and its meaning is all there is to say.',
    '',
    ...contractTable(own),
    '### Of libraries and tokens',
    '',
    'What the contracts are built with reverts with these, and so do tokens, by ERC-6093. The meaning is as OpenZeppelin and solady document it.',
    '',
    ...contractTable(libraryErrors(foreign)),
    '## Of commands',
    '',
    'Those of the name `Cli.InputError` end with exit code 2: what was given cannot be used. `Cli.RefusedError` ends with 1: the chain, or a limit that was set, does not allow it as it stands.',
    '`Cli.UsageError` (2) says that the command line itself cannot be read. Nothing was sent in any of them, unless the message says so.',
    '',
    ...commandTables(),
    '## Of nodes, files and endpoints',
    '',
    'A node ends with exit code 2 when a setting must be corrected, and with 1 when a restart may help; the name is in its log.',
    '',
    ...namedTable(['cli', 'contracts/client', 'contracts/protocol', 'node'].flatMap(namedErrorsIn)),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function contractTable(errors: readonly ContractError[]): string[] {
  const byName = Map.groupBy(errors, ({ name }) => name)
  const rows = [...byName]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, all]) => {
      const names = (all[0]?.parameters ?? '').split(',').flatMap((each) => each.trim().split(' ').at(-1) || [])
      const { expected, hint } = revertText(
        name,
        names.map((each) => `‹${each}›`),
      )
      const isPlain = expected.startsWith('Expected the call to succeed')
      const meaning = all.find((each) => each.meaning !== '')?.meaning ?? ''
      return [
        code(`${name}(${names.join(', ')})`),
        [...new Set(all.map(({ contract }) => contract))].join(', '),
        meaning,
        isPlain ? '' : `${expected} **${hint}**`,
      ]
    })
  return table(['error', 'of', 'meaning', 'what the command line says, and the **next step**'], rows)
}

function commandTables(): string[] {
  const messages = [
    ...thrownIn('cli', 'InputError').map((each) => ({ ...each, exit: '2' })),
    ...thrownIn('cli', 'RefusedError').map((each) => ({ ...each, exit: '1' })),
    ...thrownIn('cli', 'InvalidArgumentError').map((each) => ({ ...each, exit: '2', hint: 'See --help.' })),
  ].filter(({ message }) => message !== '')
  const bySubject = Map.groupBy(messages, ({ file }) => SUBJECTS.find(([folder]) => folder.test(file))?.[1] ?? '')
  return SUBJECTS.flatMap(([, title]) => {
    const rows = bySubject.get(title) ?? []
    return rows.length === 0 ? [] : [`### ${title}`, '', ...table(['message', 'next step', 'exit'], rowsOf(rows))]
  })
}

function rowsOf(messages: readonly (Message & { readonly exit: string })[]): string[][] {
  const seen = new Map(messages.map((each) => [each.message, each]))
  return [...seen.values()].map(({ message, hint, exit }) => [message, hint, exit])
}

function namedTable(errors: readonly NamedError[]): string[] {
  const rows = errors
    .filter(({ name }) => !/^Cli\.(?:InputError|RefusedError)$/.test(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, meaning, message, hint: own, exitCode: ownExit }) => {
      const thrown = Object.assign(new Error(message), { name, hint: own, exitCode: ownExit })
      const { hint, exitCode } = failureOf(thrown)
      return [code(name), meaning, hint === '' ? message : `${message} **${hint}**`, String(exitCode)]
    })
  return table(['name', 'meaning', 'message, and the **next step** if it stands apart', 'exit'], rows)
}
