import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import type { Config } from '#node/config'
import { commandLine } from '../command-line.ts'
import { homeAround } from '../reporter/service-unit.ts'
import type { Places } from './settings.ts'

/**
 * A command line that gives a user what a node of this set-up reads and writes: each thing by its name, and the folder around
 * them, without what else is in it, only if nothing else is: it may be one that others use.
 */
export function handoverCommand(user: string, places: Places, config: Config): string {
  const { folder } = places
  const { key, dataDir, indexDir, csvFile } = config
  const secrets = key?.kind === 'keystore' ? [key.keystore, key.passwordFile] : [key?.tokenFile]
  const readable = [csvFile, indexDir].filter((path) => path !== undefined && isBelow(path, folder))
  const named = [places.config, ...secrets, ...readable, dataDir].filter((path) => path !== undefined)
  const isTree = (path: string): boolean =>
    (path === dataDir || path === indexDir) && path !== folder && !isBelow(folder, path) && homeAround(path) !== path
  const there = [...new Set(named)].filter((path) => existsSync(path))
  const own = new Set(
    [...Object.values(places), ...named].filter((path) => dirname(path) === folder).map((path) => basename(path)),
  )
  const isOwn = readdirSync(folder).every((name) => own.has(name))
  const single = [...(isOwn ? [folder] : []), ...there.filter((path) => !isTree(path) && path !== folder)]
  const trees = there.filter(isTree)
  const give = (paths: readonly string[], ...options: readonly string[]): string[] =>
    paths.length === 0 ? [] : [commandLine('sudo', 'chown', ...options, `${user}:`, ...paths)]
  return [...give(single), ...give(trees, '-R')].join(' && ')
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}
