import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { getSystemErrorMessage } from 'node:util'
import { z } from 'zod'
import { type Row, TABLES } from './tables.ts'
import { FORMAT } from './upgrade.ts'

/** What a backup has in it. */
export type BackupSummary = { readonly rows: number; readonly signatures: number }

const KIND = 'assize-backup'
const OWNER_ONLY = 0o600
/** Lines are written together up to about so many characters. */
const CHUNK_LENGTH = 65_536

/** `version`: the format of the store that it is of. */
const HEADER = z.object({ format: z.literal(KIND), version: z.int().min(1) })
const ROW = z.strictObject({ table: z.enum(TABLES), key: z.string(), value: z.unknown() })
const END = z.strictObject({ rows: z.number().int(), sha256: z.string() })

/**
 * Writes the rows of a store of `format`, one JSON document a line; over an older file. It appears whole or not at all. Throws
 * {@link BackupPlaceError}.
 */
export async function writeBackup(file: string, format: number, rows: AsyncIterable<Row>): Promise<BackupSummary> {
  const unfinished = `${file}.unfinished`
  const handle = await open(unfinished, 'w', OWNER_ONLY).catch((cause: unknown) => refuse(file, cause))
  try {
    const summary = await write(handle, format, rows)
    await rename(unfinished, file)
    return summary
  } catch (cause) {
    return refuse(file, cause)
  } finally {
    await rm(unfinished, { force: true })
  }
}

/** Writes to `handle`, waits for the disk, and closes it, whatever happens. */
async function write(handle: FileHandle, format: number, all: AsyncIterable<Row>): Promise<BackupSummary> {
  const hash = createHash('sha256')
  let [rows, signatures] = [0, 0]
  async function* text(): AsyncIterable<string> {
    let lines = `${JSON.stringify({ format: KIND, version: format })}\n`
    for await (const row of all) {
      const line = `${JSON.stringify(row)}\n`
      hash.update(line)
      rows += 1
      if (row.table === 'guard') signatures += 1
      lines += line
      if (lines.length < CHUNK_LENGTH) continue
      yield lines
      lines = ''
    }
    yield `${lines}${JSON.stringify({ rows, sha256: hash.digest('hex') })}\n`
  }
  try {
    await handle.writeFile(text())
    await handle.sync()
  } finally {
    await handle.close()
  }
  return { rows, signatures }
}

/** What the file system says is about the place of the backup; all else stays what it is. */
function refuse(file: string, cause: unknown): never {
  if (cause instanceof Error && 'errno' in cause && typeof cause.errno === 'number') {
    throw new BackupPlaceError(file, getSystemErrorMessage(cause.errno), { cause })
  }
  throw cause
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
  const input = createReadStream(file, 'utf8')
  const hash = createHash('sha256')
  let [line, rows] = [0, 0]
  let end: z.output<typeof END> | undefined
  try {
    for await (const text of linesOf(input)) {
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

/**
 * The lines of `chunks`, with \n or \r\n between them. Not readline's: it also ends a line at U+2028 and U+2029, which JSON has
 * unescaped in what venues and peers sent.
 */
async function* linesOf(chunks: AsyncIterable<string>): AsyncIterable<string> {
  let begun = ''
  for await (const chunk of chunks) {
    const [end = '', ...next] = chunk.split('\n')
    const lines = [begun + end, ...next]
    begun = lines.pop() ?? ''
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line
  }
  if (begun !== '') yield begun
}

function parse(file: string, line: number, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new BackupDamagedError(file, `no JSON in line ${line}`)
  }
}

/** The backup cannot be written where it should be; nothing is there. */
export class BackupPlaceError extends Error {
  override readonly name = 'Backup.BackupPlaceError'
  readonly file: string
  constructor(file: string, got: string, options: ErrorOptions) {
    super(`Expected to write a backup to ${file}, got "${got}". Mend that, or name another place.`, options)
    this.file = file
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
