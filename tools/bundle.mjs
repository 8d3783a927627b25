// Puts the command line and the packages that every command needs into a few files: reading hundreds of them takes longer
// than most commands do. Nothing is renamed or shortened, so that what is shipped can be read beside its source.

import { cpSync, globSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { rolldown } from 'rolldown'

/** Packages that are put in. Others stay what they are: they have native code or workers, or few commands need them. */
const INSIDE = /^(?:@noble|@scure|abitype|canonicalize|cli-table3|commander|ox|smol-toml|viem|zod)(?:\/|$)/

/** Stays a file of its own at its place: it finds other files from where it is. */
const PLACES = 'places.js'

/** Replaces `<out>/cli` by its bundle, with the licences of what was put in; packages are those of the folder `root`. */
export async function bundleCli(out, root) {
  const target = join(out, 'bundled')
  const build = await rolldown({
    input: join(out, 'cli', 'main.js'),
    platform: 'node',
    // What packages inside import comes in with them.
    external: (id, importer) => importer?.startsWith(out) === true && /^[@\w]/.test(id) && !INSIDE.test(id),
    plugins: [
      {
        name: 'assize-places',
        resolveId(id, importer) {
          // Others have this name too.
          const isPlaces = importer !== undefined && resolve(dirname(importer), id) === join(out, 'cli', PLACES)
          if (isPlaces) return { id: join(out, 'cli', PLACES), external: 'relative' }
          const isOurs = importer?.startsWith(out) === true && INSIDE.test(id)
          return isOurs ? this.resolve(id, join(root, 'package.json')) : undefined
        },
      },
    ],
    onLog(_level, log) {
      throw new Error(`Expected the command line to be bundled without a remark, got: ${log.message}`)
    },
  })
  const { output } = await build.write({
    dir: target,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'parts/[name]-[hash].js',
  })
  await build.close()
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
  writeFileSync(join(target, 'LICENSES.txt'), licences(modules))
  cpSync(join(out, 'cli', PLACES), join(target, PLACES))
  rmSync(join(out, 'cli'), { recursive: true })
  renameSync(target, join(out, 'cli'))
}

/** The licence of every package of which a module is among `modules`. Throws for one without. */
function licences(modules) {
  const folders = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []))
  const texts = Array.from(folders, (folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const [file] = globSync('{LICENSE,LICENCE,license}*', { cwd: folder })
    if (file === undefined) throw new Error(`Expected a licence of ${name} in ${folder}, got none.`)
    return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}
