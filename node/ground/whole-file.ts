import { randomUUID } from 'node:crypto'
import { link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

const FOR_ALL = 0o666

/**
 * Writes a new file, for all to read unless `mode` says otherwise, and waits for the disk: it is there whole or not at all,
 * whenever the machine stops. Throws EEXIST for a file that is there, and what else the file system throws. Needs hard links.
 */
export function createFile(file: string, text: string, mode = FOR_ALL): Promise<void> {
  // Unlike a renaming, a link takes no name that is taken.
  return writeBeside(file, { text, mode }, link)
}

/** As {@link createFile}, in place of the file that may be there. */
export function replaceFile(file: string, text: string, mode = FOR_ALL): Promise<void> {
  return writeBeside(file, { text, mode }, rename)
}

async function writeBeside(
  file: string,
  { text, mode }: { readonly text: string; readonly mode: number },
  put: (from: string, to: string) => Promise<void>,
): Promise<void> {
  const unfinished = `${file}.${randomUUID()}.new`
  try {
    const handle = await open(unfinished, 'wx', mode)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await put(unfinished, file)
  } finally {
    await rm(unfinished, { force: true })
  }
  const folder = await open(dirname(file), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
