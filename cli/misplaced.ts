import type { Argument, Command, Option } from 'commander'
import { InputError } from './errors.ts'
import { withoutSecrets } from './secrets.ts'

/** 32 bytes of hex and nothing else: a private key, as far as can be told. */
const KEY = /^(?:0x)?[0-9a-f]{64}$/i
const ADDRESS = /^[a-z][\w+.-]*:\/\//i

/** What stands in the help for something that 32 bytes of hex can be. */
const IDS = new Set(['id', 'fixing', 'file or id', 'reason'])
/** What stands there for something that an address of the web can be. */
const ADDRESSES = new Set(['url', 'list', 'reason', 'text'])

/**
 * Throws InputError for a private key, or the address of an endpoint, where a file, a folder, a name or the like is wanted. Commands repeat such
 * names in what they print and write: this does not.
 */
export function requireNoSecrets(command: Command): void {
  for (const option of command.options) {
    if (option.parseArg === undefined) refuse(option.flags, option, command.getOptionValue(option.attributeName()))
  }
  for (const [i, argument] of command.registeredArguments.entries()) {
    if (argument.parseArg === undefined) refuse(`<${argument.name()}>`, argument, command.processedArgs[i])
  }
}

function refuse(name: string, taker: Option | Argument, given: unknown): void {
  const kind = 'flags' in taker ? (/<(.+)>$/.exec(taker.flags)?.[1] ?? '') : taker.name()
  for (const text of [given].flat()) {
    const got = typeof text === 'string' ? secretIn(text, kind) : undefined
    if (got === undefined) continue
    throw new InputError(
      `Expected what ${name} names, got ${got}.`,
      'Nothing was read, written or sent. A file that is called so is ./ and its name.',
    )
  }
}

/** What a text is that this kind of thing cannot be and that may be secret; undefined for any other text. */
function secretIn(text: string, kind: string): string | undefined {
  if (KEY.test(text) && !IDS.has(kind)) return '32 bytes of hex, which may be a private key'
  if (ADDRESS.test(text) && !ADDRESSES.has(kind)) return `an address: ${withoutSecrets(text)}`
  return undefined
}
