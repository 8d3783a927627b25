// Opens the store in the folder that it is given, to be killed while it does.
import { openStore } from '../../../node/store/store.ts'

process.stdout.write('opening\n')
const store = await openStore(process.argv[2] ?? '')
await store.close()
process.stdout.write('opened\n')
