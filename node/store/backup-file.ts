import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { finished } from 'node:stream/promises'
import { z } from 'zod'
import { type Row, TABLES } from './tables.ts'
import { FORMAT } from './upgrade.ts'

/** What a backup has in it. */
export type BackupSummary = { readonly rows: number; readonly signatures: number }

const KIND = 'assize-backup'

/** `version`: the format of the store that it is of. */
const HEADER = z.object({ format: z.literal(KIND), version: z.int().min(1) })
const ROW = z.strictObject({ table: z.enum(TABLES), key: z.string(), value: z.unknown() })
const END = z.strictObject({ rows: z.number().int(), sha256: z.string() })

/** Writes the rows of a store of `format`, one JSON document a line; over an older file. It appears whole or not at all. */
export async function writeBackup(file: string, format: number, rows: AsyncIterable<Row>): Promise<BackupSummary> {
  const unfinished = `${file}.unfinished`
  try {
    const summary = await write(unfinished, format, rows)
    await rename(unfinished, file)
    return summary
  } finally {
    await rm(unfinished, { force: true })
  }
}

async function write(file: string, format: number, all: AsyncIterable<Row>): Promise<BackupSummary> {
  const out = createWriteStream(file, { mode: 0o600, flush: true })
  const hash = createHash('sha256')
  let [rows, signatures] = [0, 0]
  const put = async (text: string): Promise<void> => {
    if (!out.write(`${text}\n`)) await once(out, 'drain')
  }
  await put(JSON.stringify({ format: KIND, version: format }))
  for await (const row of all) {
    const line = JSON.stringify(row)
    hash.update(`${line}\n`)
    rows += 1
    if (row.table === 'guard') signatures += 1
    await put(line)
  }
  await put(JSON.stringify({ rows, sha256: hash.digest('hex') }))
  out.end()
  await finished(out)
  return { rows, signatures }
}

/** All of the backup, checked: its format, and what is in it. Throws {@link BackupDamagedError}, {@link BackupFormatError}. */
export async function checkBackup(file: string): Promise<BackupSummary & { readonly format: number }> {
  let [rows, signatures, format] = [0, 0, FORMAT]
  const onFormat = (found: number): void => {
    format = found
  }
  for await (const { table } of rowsOf(file, onFormat)) {
    rows += 1
    if (table === 'guard') signatures += 1
  }
  return { rows, signatures, format }
}

/** The rows of a backup; throws {@link BackupDamagedError} at the latest at its end, {@link BackupFormatError} at its beginning. */
export async function* rowsOf(file: string, onFormat: (format: number) => void = () => undefined): AsyncIterable<Row> {
  const input = createReadStream(file)
  const hash = createHash('sha256')
  let [line, rows] = [0, 0]
  let end: z.output<typeof END> | undefined
  try {
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      line += 1
      const value = parse(file, line, text)
      if (end !== undefined) throw new BackupDamagedError(file, `line ${line} after its end`)
      if (line === 1) {
        const header = HEADER.safeParse(value)
        if (!header.success) throw new BackupDamagedError(file, 'another first line')
        if (header.data.version > FORMAT) throw new BackupFormatError(file, header.data.version)
        onFormat(header.data.version)
        continue
      }
      const ended = END.safeParse(value)
      if (ended.success) {
        end = ended.data
        continue
      }
      const row = ROW.safeParse(value)
      if (!row.success) throw new BackupDamagedError(file, `something else in line ${line}`)
      rows += 1
      hash.update(`${text}\n`)
      yield row.data
    }
  } finally {
    input.destroy()
  }
  if (end === undefined) throw new BackupDamagedError(file, 'no last line: it is cut off')
  if (end.rows !== rows || end.sha256 !== hash.digest('hex')) throw new BackupDamagedError(file, 'another checksum')
}

function parse(file: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BackupDamagedError(file, `no JSON in line ${line}`)
  }
}

/** The file is no whole backup; nothing was written. */
export class BackupDamagedError extends Error {
  override readonly name = 'Backup.BackupDamagedError'
  constructor(file: string, got: string) {
    super(`Expected a whole backup in ${file}, got ${got}. Take another; nothing was restored.`)
  }
}

/** The backup is of a newer version. */
export class BackupFormatError extends Error {
  override readonly name = 'Backup.BackupFormatError'
  constructor(file: string, got: number) {
    super(
      `Expected a backup of format 1 to ${FORMAT} in ${file}, got ${got}. Restore it with the version that made it, or a newer one.`,
    )
  }
}
