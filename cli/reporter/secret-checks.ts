import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { accessFault, isExposed } from '#node/access'
import type { Config } from '#node/config'
import { readKeystore, readToken, UnreadableKeystoreError } from '#node/keystore'
import { NETWORK_KEY_FILE } from '#node/network-key'
import { createSignerCall } from '#node/signer-call'
import { keystoreAt } from '../chain/signer.ts'
import { commandLine } from '../command-line.ts'
import { failureOf } from '../errors.ts'
import type { Io } from '../io.ts'
import type { Check } from './check.ts'

type Key = NonNullable<Config['key']>

const GROUP_READS = 0o040

/**
 * Every file with a secret, whether it is there and for its owner only, and whether the password opens the keystore; `io` is told
 * before that, which takes a second. Throws for what this user may not look at.
 */
export async function secretChecks({ key, dataDir }: Config, io: Pick<Io, 'err'>): Promise<Check[]> {
  const network = join(dataDir, NETWORK_KEY_FILE)
  return [
    ...(await keyChecks(key, io)),
    // The node makes it at its first start.
    ...(statSync(network, { throwIfNoEntry: false }) === undefined ? [] : [modeCheck('network key', network)]),
  ]
}

async function keyChecks(key: Key | undefined, io: Pick<Io, 'err'>): Promise<Check[]> {
  if (key === undefined) {
    return [
      {
        what: 'key',
        state: 'warn',
        found: 'none: the node only watches',
        fix: 'To report, set keystore and password_file, or [signer].',
      },
    ]
  }
  if (key.kind === 'signer') return key.tokenFile === undefined ? [] : [modeCheck('token', key.tokenFile)]
  // Throws for what this user may not look at; what is there and no keystore is another thing.
  statSync(key.keystore, { throwIfNoEntry: false })
  const fix = `Make one: ${commandLine('assize', 'keys', 'new', key.keystore, '--password-file', key.passwordFile)}`
  const password = modeCheck('password', key.passwordFile)
  // What is there and cannot be read is not to be made anew.
  const isClosed = (file: string): boolean => existsSync(file) && accessFault(file, 'read') !== undefined
  if (isClosed(key.keystore) || isClosed(key.passwordFile)) return [modeCheck('keystore', key.keystore), password]
  if (keystoreAt(key.keystore) === undefined) {
    return [{ what: 'keystore', state: 'bad', found: `no keystore at ${key.keystore}`, fix }, password]
  }
  const found = [modeCheck('keystore', key.keystore), password]
  const fault = await lockedCheck(key, io)
  return fault === undefined ? found : found.map((check) => (check.what === fault.what ? fault : check))
}

/** Opens the keystore as the node does at its start; undefined where it opens, or there is nothing to open it with. */
async function lockedCheck(
  { keystore, passwordFile }: Extract<Key, { kind: 'keystore' }>,
  io: Pick<Io, 'err'>,
): Promise<Check | undefined> {
  if (statSync(passwordFile, { throwIfNoEntry: false }) === undefined) return undefined
  io.err(`opening ${keystore} ...`)
  try {
    await readKeystore(keystore, passwordFile)
    return undefined
  } catch (error) {
    const found = failureOf(error).message
    if (error instanceof UnreadableKeystoreError && error.file === keystore) {
      return { what: 'keystore', state: 'bad', found, fix: 'The node does not start so: put back its copy.' }
    }
    const fix =
      'The node does not start so: put the password of this keystore there, or name the keystore that it opens.'
    return { what: 'password', state: 'bad', found, fix }
  }
}

function modeCheck(what: string, file: string): Check {
  const stats = statSync(file, { throwIfNoEntry: false })
  if (stats === undefined)
    return { what, state: 'bad', found: `no file at ${file}`, fix: 'Correct its path in the configuration.' }
  const fault = accessFault(file, 'read')
  if (fault !== undefined) return { what, state: 'bad', found: fault.message, fix: fault.hint }
  const whose = (stats.mode & GROUP_READS) === 0 ? 'its owner' : 'its owner and its group'
  if (!isExposed(stats.mode)) return { what, state: 'ok', found: `${file}, for ${whose} only` }
  return { what, state: 'bad', found: `others can read ${file}`, fix: commandLine('chmod', '600', file) }
}

/** Asks a signer whose keys it has; nothing where the key is in a file. */
export async function signerChecks({ key }: Config): Promise<Check[]> {
  if (key?.kind !== 'signer') return []
  const { url, address, tokenFile, timeoutMs } = key
  const what = 'signer'
  let token: string | undefined
  try {
    token = tokenFile === undefined ? undefined : await readToken(tokenFile)
  } catch (error) {
    const { message, hint } = failureOf(error)
    return [{ what, state: 'bad', found: message, fix: hint === '' ? 'Correct signer.token_file.' : hint }]
  }
  const answer = await createSignerCall({ url, token, timeoutMs })('eth_accounts', [])
  switch (answer.kind) {
    case 'silent':
      return [
        { what, state: 'bad', found: `no answer at ${url}: ${answer.reason}`, fix: 'Start it, or correct signer.url.' },
      ]
    case 'refused':
      return [
        {
          what,
          state: 'bad',
          found: `the one at ${url} refuses: ${answer.message}`,
          fix: 'Correct signer.token_file, or what the signer lets through: it must answer eth_accounts.',
        },
      ]
    case 'result': {
      const keys = Array.isArray(answer.result) ? answer.result.map((one) => String(one).toLowerCase()) : []
      if (keys.includes(address.toLowerCase())) {
        return [{ what, state: 'ok', found: `the one at ${url} has the key of ${address}` }]
      }
      const found = `the one at ${url} has ${keys.length} keys, that of ${address} is none of them`
      return [{ what, state: 'bad', found, fix: 'Correct signer.address, or give that signer the key.' }]
    }
  }
}
