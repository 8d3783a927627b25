import { existsSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Config } from '#node/config'
import { nodeProgram } from '../reporter/node-program.ts'
import { writeNew } from '../reporter/secret-file.ts'
import { serviceUnit } from '../reporter/service-unit.ts'
import type { InitFlags } from './flags.ts'
import { agrees, type Desk } from './questions.ts'
import type { Places } from './settings.ts'

/** A systemd unit for this node, run as this user; where it was written, or undefined if nobody wants one. */
export async function ensureUnit(
  { folder, config: file, unit }: Places,
  { dataDir, key }: Config,
  { flags, desk }: { readonly flags: InitFlags; readonly desk: Desk },
): Promise<string | undefined> {
  if (existsSync(unit)) return unit
  if (flags.service !== true && !(await agrees('Write a unit for systemd?', desk))) return undefined
  const program = nodeProgram()
  const text = serviceUnit({
    user: userInfo().username,
    workingDirectory: folder,
    program,
    config: file,
    passwordFile: key?.kind === 'keystore' ? key.passwordFile : undefined,
    dataDir,
  })
  await writeNew(unit, text)
  return unit
}
