import { globSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { IndexDocument } from '#protocol/index-document.ts'
import { commandLine } from '../command-line.ts'
import { InputError } from '../errors.ts'
import { readIndexFile } from '../index/index-file.ts'

/** A folder that holds index documents and no other JSON. */
export type IndexFolder = { readonly folder: string; readonly documents: readonly IndexDocument[] }

/** Reads every document of a folder, as the node will. Throws InputError naming what is no index, and for none at all. */
export async function checkIndexFolder(text: string): Promise<IndexFolder> {
  const folder = resolve(text)
  const isThere = statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
  const names = isThere ? globSync('*.json', { cwd: folder }).toSorted() : []
  const documents = await Promise.all(names.map((name) => readIndexFile(join(folder, name))))
  if (documents.length > 0) return { folder, documents }
  const make = isThere ? '' : `${commandLine('mkdir', '-p', folder)} && `
  const file = commandLine(join(folder, 'eth-usd.json'))
  throw new InputError(
    isThere
      ? `Expected an index document in ${folder}, got none: there is nothing to observe.`
      : `Expected a folder with index documents at ${folder}, got none.`,
    `Put those there that you report, as whoever creates fixings publishes them, or name another with --index-dir; to write one: ${make}assize index new --base ETH --quote USD --out ${file}`,
  )
}

/** Whether a document reads a file that only the node's own settings name. */
export function needsFile(documents: readonly IndexDocument[]): boolean {
  return documents.some(({ sources }) => sources.some((source) => source.kind === 'csv' && source.url === undefined))
}

/** The chains that documents read, without the oracle's own. */
export function foreignChains(documents: readonly IndexDocument[], own: number): number[] {
  const read = documents.flatMap(({ sources }) => sources.flatMap((one) => ('chainId' in one ? [one.chainId] : [])))
  return [...new Set(read)].filter((chainId) => chainId !== own).toSorted((a, b) => a - b)
}

/** A file that can be read. Throws InputError. */
export async function checkFile(text: string): Promise<string> {
  const file = resolve(text)
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return file
  throw new InputError(`Expected a file at ${file}, got none.`, 'Correct its path.')
}
