import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Config, loadConfig } from '#node/config'
import { DEPLOYMENT } from '../../network/station.ts'
import { DOMAIN } from '../../node/reporters.ts'
import { sourceJson, threeSamples } from '../../protocol/index-documents.ts'

/** Nobody reads its source: the nodes here have no key, so that they observe nothing themselves. */
export const DOCUMENT = threeSamples([sourceJson('a')])

/** The configuration of a node without a key, with the settings that a node has by default. */
export async function watcherConfig(folder: string, lines = ''): Promise<Config> {
  const indexDir = join(folder, 'indexes')
  await mkdir(indexDir, { recursive: true })
  await writeFile(join(indexDir, 'index.json'), JSON.stringify(DOCUMENT))
  const file = join(folder, 'node.toml')
  await writeFile(
    file,
    `data_dir = "data"
rpc_url = "http://127.0.0.1:1"
oracle = "${DEPLOYMENT.oracle}"
registry = "${DOMAIN.registry}"
clock = "chain"
index_dir = ${JSON.stringify(indexDir)}
${lines}
[gossip]
test = true
`,
  )
  return loadConfig({ file, env: {} })
}
