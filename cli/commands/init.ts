import { type Command, Option } from 'commander'
import { address, addresses, amount, block, port, whole } from '../arguments.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-code.ts'
import type { InitFlags } from '../init/flags.ts'
import { SETUP_ROLES } from '../init/settings.ts'
import { sourceRpcOption } from '../options.ts'

const EXAMPLES = `
Asks for what it cannot find out, looks at every answer at once, and writes FOLDER/node.toml, keystore, password and consent.json. What is there is kept: run
it again, and it goes on where it ended. The owner's key belongs on another machine: the command for there is printed. With --owner-keystore the
reporter is registered from here, after asking, or with --yes at once; --max bounds what that takes, --dry-run only simulates it.

Examples:
  assize init /etc/assize
  assize init node --yes --oracle 0x12… --registry 0x56… --owner 0x34… --index-dir indices --rpc https://rpc.example
  assize init node --yes --owner-keystore owner.json --owner-password-file owner.password --service --start`

/** Adds `assize init`: from nothing to a reporter that runs. */
export function defineInit(program: Command, context: Context, done: (code: ExitCode) => void): void {
  const command = program
    .command('init')
    .argument('[folder]', 'where settings, keys and data go; made if it is not there', '.')
  addSettingOptions(command)
  addOwnerOptions(command)
    .option('--service', 'write a systemd unit too')
    .option('--service-user <name>', 'whom it runs the node as (default: you; root must say)')
    .option('--start', 'start the node at the end, until Ctrl-C')
    .option('--yes', 'do not ask: take what is given here, and the defaults; nothing of the environment')
    .option('--json', 'print one JSON document on stdout; talk goes to stderr')
    .addHelpText('after', EXAMPLES)
    .action(async (folder: string, flags: InitFlags) => {
      const { initialise } = await import('../init/initialise.ts')
      done(await initialise(folder, flags, context))
    })
}

function addSettingOptions(command: Command): Command {
  return command
    .addOption(new Option('--role <role>', 'what it shall be (default: reporter)').choices(SETUP_ROLES))
    .option('--rpc <url>', 'JSON-RPC endpoint of the chain')
    .option('--rpc-fallbacks <list>', 'endpoints of others, to compare with')
    .option('--chain-id <n>', 'refuse another chain than this', whole)
    .addOption(
      new Option('--clock <which>', 'whose time: chain only for networks to try things on')
        .choices(['system', 'chain'])
        .default('system'),
    )
    .option('--oracle <address>', 'the MaturityOracle', address)
    .option('--registry <address>', 'the ReporterRegistry', address)
    .option('--from-block <n>', 'where the log begins (default: where the oracle does, if the endpoint knows)', block)
    .option('--index-dir <folder>', 'index documents, and no other JSON (default: FOLDER/indices)')
    .option('--prices <csv>', 'the file of csv sources without a URL')
    .addOption(sourceRpcOption())
    .option('--arbitrators <list>', 'who may rule where it stakes (default: nobody, it stakes on nothing)', addresses)
    .option('--juries <list>', 'the juries in which it votes', addresses)
    .option('--for <list>', 'accounts whose seats it votes for', addresses)
    .option('--port <n>', 'TCP port for peers (default: 4001)', port)
    .option('--announce <list>', 'where others can call it, such as /dns4/me.example/tcp/4001')
    .option('--bootstrap <list>', 'peers to call first')
    .option('--http-port <n>', 'port on 127.0.0.1 for state and metrics (default: 9464)', port)
    .option('--keystore <file>', "the node's key, if there is one already (default: made in FOLDER)")
    .option('--password-file <file>', 'its password (default: made in FOLDER)')
}

function addOwnerOptions(command: Command): Command {
  return command
    .option('--owner <address>', 'who may register the reporter, pays its stake and gets its rewards', address)
    .option('--stake <amount>', 'how much (default: the least that the registry takes)', amount)
    .option('--owner-keystore <file>', "the owner's key, to register from here")
    .option('--owner-password-file <file>', 'its password (default: asked)')
    .option('--max <amount>', 'refuse to spend more than this on registering, gas included', amount)
    .option('--dry-run', 'with --owner-keystore: only simulate the registration; the rest is done')
}
