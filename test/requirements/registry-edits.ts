import type { DisablingEdit } from './disabling-edit.ts'

const REGISTRY = 'contracts/src/ReporterRegistry.sol'
const MEMBERSHIP = 'contracts/src/registry/Membership.sol'
const ATTESTATION = 'contracts/src/registry/Attestation.sol'

/** Requirements of the registry: each rule turned off, one at a time. */
export const REGISTRY_EDITS: readonly DisablingEdit[] = [
  {
    id: 'R-401',
    rule: 'two different observations of one signer for one fixing are an offence',
    file: REGISTRY,
    find: 'if (!isSameSigner || !isOfFixing || isSame) revert',
    replace: 'if (!isSameSigner || !isOfFixing && isSame) revert',
  },
  {
    id: 'R-401',
    rule: 'the prover gets a fifth',
    file: REGISTRY,
    find: 'stake * PROVER_SHARE / 100',
    replace: 'stake * PROVER_SHARE / 20',
  },
  {
    id: 'R-402',
    rule: 'the digest covers the proposer',
    file: ATTESTATION,
    find: 'epoch_, id, report.value, report.observationsRoot, report.proposer',
    replace: 'epoch_, id, report.value, report.observationsRoot, address(0)',
  },
  {
    id: 'R-402',
    rule: 'a signature is made for one use',
    file: 'contracts/protocol/bls.ts',
    find: "signature: 'BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'",
    replace: "signature: 'BLS_POP_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_'",
  },
  {
    id: 'R-403',
    rule: 'two thirds are not enough',
    file: ATTESTATION,
    find: 'if (3 * count <= 2 * places) revert',
    replace: 'if (3 * count < 2 * places) revert',
  },
  {
    id: 'R-403',
    rule: 'every signer has a place',
    file: ATTESTATION,
    find: 'if (signers >> places != 0) revert',
    replace: 'if (signers == 0) revert',
  },
  {
    id: 'R-403',
    rule: "the receipts are the proposer of the report's",
    file: ATTESTATION,
    find: 'transfer(report.proposer, receipt, bond)',
    replace: 'transfer(msg.sender, receipt, bond)',
  },
  {
    id: 'R-403',
    rule: 'possession of a key is proven',
    file: MEMBERSHIP,
    find: 'BlsLib.POSSESSION_TAG, possession)) revert',
    replace: 'BlsLib.POSSESSION_TAG, possession) && digest == 0) revert',
  },
  {
    id: 'R-404',
    rule: 'a share is paid once',
    file: ATTESTATION,
    find: '_paid[id] |= 1 << place;',
    replace: '_paid[id] |= 0 << place;',
  },
  {
    id: 'R-404',
    rule: 'only attesters of what was settled are paid',
    file: ATTESTATION,
    find: 'if (!_isEarned(fixing, value)) revert',
    replace: 'if (!_isEarned(fixing, value) && count == 0) revert',
  },
  {
    id: 'R-405',
    rule: "both arbitrators are the registry's own",
    file: REGISTRY,
    find: 'fixing.arbitrator == ARBITRATOR && fixing.backup == BACKUP',
    replace: 'fixing.arbitrator == ARBITRATOR || fixing.backup == BACKUP',
  },
  {
    id: 'R-405',
    rule: 'the band is wide enough for honest noise',
    file: REGISTRY,
    find: 'fixing.bandPpm < MIN_BAND_PPM',
    replace: 'fixing.bandPpm < MIN_BAND_PPM / 2',
  },
  {
    id: 'R-405',
    rule: 'only rulings slash',
    file: REGISTRY,
    find: 'if (how != Outcome.Ruling) return false;',
    replace: 'if (how == Outcome.None) return false;',
  },
  {
    id: 'R-405',
    rule: 'INVALID slashes nobody',
    file: REGISTRY,
    find: 'return settlement != DistanceLib.INVALID &&',
    replace: 'return settlement != 0 &&',
  },
  {
    id: 'R-408',
    rule: 'who registers reports from the next epoch on',
    file: MEMBERSHIP,
    find: 'time = nowEpoch == 0 ? nowTime : _epochStart(nowEpoch + 1);',
    replace: 'time = nowEpoch == 0 ? nowTime : nowTime;',
  },
  {
    id: 'R-408',
    rule: 'the stake stays for the unbonding delay',
    file: MEMBERSHIP,
    find: 'uint64 endTime = member.inactiveTime + UNBONDING_DELAY;',
    replace: 'uint64 endTime = member.inactiveTime;',
  },
  {
    id: 'R-408',
    rule: 'the stake is at least the minimum',
    file: MEMBERSHIP,
    find: 'if (stake < MIN_STAKE) revert',
    replace: 'if (stake == 0) revert',
  },
  {
    id: 'R-408',
    rule: 'the signer consents',
    file: MEMBERSHIP,
    find: 'if (failure != ECDSA.RecoverError.NoError || recovered != signer) revert',
    replace: 'if (failure != ECDSA.RecoverError.NoError && recovered != signer) revert',
  },
]
