import { CommanderError } from 'commander'
import { EXIT, type ExitCode } from './exit-code.ts'
import type { Failure } from './failure.ts'
import { withoutSecrets } from './secrets.ts'

/** What the user gave cannot be used. */
export class InputError extends Error {
  override readonly name = 'Cli.InputError'
  readonly hint: string
  readonly exitCode = EXIT.usage
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }
}

/** What the chain does not allow as it stands, though it was well said. Nothing was sent. */
export class RefusedError extends Error {
  override readonly name = 'Cli.RefusedError'
  readonly hint: string
  readonly exitCode = EXIT.failed
  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }
}

/** What to do about errors of the layers below, which know no command line; and which of them are the user's input. */
const REMEDIES: Readonly<Record<string, { readonly hint?: string; readonly exitCode?: ExitCode }>> = {
  'Chain.DeadRpcError': { hint: 'Check the address, or start the endpoint.' },
  'Client.NoCodeError': {
    hint: 'Check the address, and that the RPC endpoint is of the right chain.',
    exitCode: EXIT.usage,
  },
  'DeployOracle.WethRequiredError': { exitCode: EXIT.usage },
  'BondToken.NotOracleError': {
    hint: 'Check the address, and that the RPC endpoint is of the right chain.',
    exitCode: EXIT.usage,
  },
  'Vault.NotVaultError': {
    hint: 'Check the address, and that the RPC endpoint is of the right chain.',
    exitCode: EXIT.usage,
  },
  'Registry.NotRegistryError': {
    hint: 'Check the address, and that the RPC endpoint is of the right chain.',
    exitCode: EXIT.usage,
  },
  'Access.AccessError': { exitCode: EXIT.usage },
  'Keystore.UnreadableKeystoreError': { hint: '', exitCode: EXIT.usage },
  'Keystore.WrongPasswordError': { hint: '', exitCode: EXIT.usage },
  'Config.InvalidFieldError': { hint: '', exitCode: EXIT.usage },
  'Config.UnreadableConfigError': { hint: '', exitCode: EXIT.usage },
  'Store.StoreLockedError': { hint: '', exitCode: EXIT.usage },
  'Store.StoreFormatError': { hint: '', exitCode: EXIT.usage },
  'Http.HttpPortError': { hint: '', exitCode: EXIT.usage },
  'Http.SocketInUseError': { hint: '', exitCode: EXIT.usage },
  'Signer.ShortTokenError': { hint: '', exitCode: EXIT.usage },
  'Signer.UnknownKeyError': { hint: '', exitCode: EXIT.usage },
  'Signer.KnownKeyError': { hint: '', exitCode: EXIT.usage },
  'Backup.BackupExistsError': { hint: '', exitCode: EXIT.usage },
  'Backup.BackupPlaceError': { hint: '', exitCode: EXIT.usage },
  'Backup.NothingToBackUpError': { hint: '', exitCode: EXIT.usage },
  'Backup.BackupFormatError': { hint: '', exitCode: EXIT.usage },
  'Store.StoreDeploymentError': { hint: '', exitCode: EXIT.usage },
  'Store.StoreCorruptError': { hint: '', exitCode: EXIT.usage },
  'Store.StoreRowError': { hint: '', exitCode: EXIT.usage },
  'Store.WitnessCorruptError': { hint: '', exitCode: EXIT.usage },
  'Store.GuardConflictError': { hint: '', exitCode: EXIT.usage },
  'Store.MarkCorruptError': { hint: '', exitCode: EXIT.usage },
  'Store.RestoreUnfinishedError': { hint: '', exitCode: EXIT.usage },
  'Backup.BackupDamagedError': { hint: '', exitCode: EXIT.usage },
  'Backup.StoreExistsError': { hint: '', exitCode: EXIT.usage },
  'Backup.RestoreDiskError': { hint: '' },
  'Fixing.ParameterOutOfBoundsError': { hint: '', exitCode: EXIT.usage },
  'Evidence.EvidenceFormatError': { hint: 'No file of evidence has room for that: none was written.' },
  'IndexDocument.IndexDocumentError': { hint: '', exitCode: EXIT.usage },
  'PassTime.NotEmbeddedError': { hint: 'Start one with assize devnet.', exitCode: EXIT.usage },
  'EmbeddedChain.MissingAnvilError': {
    hint: 'Run npm ci, or name the executable in ASSIZE_ANVIL.',
    exitCode: EXIT.usage,
  },
  'EmbeddedChain.PortInUseError': {
    hint: 'Stop that process, or leave --port out to take a free port.',
    exitCode: EXIT.usage,
  },
  'EmbeddedChain.ChainStartError': { hint: 'Run anvil by itself to see what it lacks.' },
  'EmbeddedChain.ChainDiedError': { hint: 'Run the command again.' },
}

/**
 * Any thrown thing as a {@link Failure}; `help` is the command that explains what could have been typed instead. An error that
 * nobody foresaw is named as such, without its stack.
 */
export function failureOf(error: unknown, help = 'assize --help'): Failure {
  if (error instanceof CommanderError) {
    return { name: 'Cli.UsageError', message: usageText(error), hint: `Run ${help}.`, exitCode: EXIT.usage }
  }
  if (!(error instanceof Error)) {
    return { name: 'Cli.UnknownError', message: String(error), hint: 'Run the command again.', exitCode: EXIT.failed }
  }
  if (error.name === 'AbortError') {
    return { name: 'Cli.InterruptedError', message: 'Interrupted.', hint: '', exitCode: EXIT.interrupted }
  }
  const remedy = REMEDIES[error.name]
  const hint = remedy?.hint ?? ('hint' in error && typeof error.hint === 'string' ? error.hint : '')
  const exitCode = remedy?.exitCode ?? ('exitCode' in error ? knownExit(error.exitCode) : EXIT.failed)
  const transaction = 'hash' in error && typeof error.hash === 'string' ? { transaction: error.hash } : {}
  return { name: error.name, message: firstLine(error.message), hint, exitCode, ...transaction }
}

/** What was typed wrong, without what may be secret of it: values that no option or argument of that kind takes. */
function usageText({ code, message }: CommanderError): string {
  // A command group without a command: its help was written already.
  if (code === 'commander.help') return 'Expected a command, got none.'
  const text = message.replace(/^error: /, '')
  return withoutSecrets(
    nameOnly(code, text)
      .replaceAll('\n', ' ')
      .replace(/(?<!\.)$/, '.'),
  )
}

/** Without the values of an unknown option and of what is too much. */
function nameOnly(code: string, text: string): string {
  if (code === 'commander.excessArguments') return text.replace(/(but got \d+): [^]*$/, '$1.')
  if (code !== 'commander.unknownOption') return text
  const [, name = ''] = /^unknown option '(--[^=\s']*|-[^\s'])/.exec(text) ?? []
  const [near = ''] = /\n\(Did you mean .*\?\)$/.exec(text) ?? []
  return `unknown option '${name}'${near}`
}

function knownExit(code: unknown): ExitCode {
  return Object.values(EXIT).find((known) => known === code) ?? EXIT.failed
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message
}
