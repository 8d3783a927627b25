// `npm run replay`: random games of the dispute, played on the contract and on the independent model. See --help.
//
//   node tools/replay.mjs --games 20000 --from 0 --state replay.json

import { main } from '../test/model/command.ts'

process.exitCode = await main(process.argv.slice(2))
