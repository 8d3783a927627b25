import type { Hex } from 'viem'

// Points as EIP-2537 wants them: coordinates of 64 bytes, of which the first 16 are zero. The test computes all of them anew with
// noble-curves, and a chain's precompiles a third time.

/** The generator of G1. */
export const G1 = encoded(
  '17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb',
  '08b3f481e3aaa0f1a09e30ed741d8ae4fcf5e095d5d00af600db18cb2c04b3edd03cc744a2888ae40caa232946c5e7e1',
)

/** Minus the generator of G1. */
export const MINUS_G1 = encoded(
  '17f1d3a73197d7942695638c4fa9ac0fc3688c4f9774b905a14e3a3f171bac586c55e83ff97a1aeffb3af00adb22c6bb',
  '114d1d6855d545a8aa7d76c8cf2e21f267816aef1db507c96655b9d5caac42364e6f38ba0ecb751bad54dcd6b939c2ca',
)

/** Twice the generator of G1. */
export const TWICE_G1 = encoded(
  '0572cbea904d67468808c8eb50a9450c9721db309128012543902d0ac358a62ae28f75bb8f1c7c42c39a8c5529bf0f4e',
  '166a9d8cabc673a322fda673779d8e3822ba3ecb8670e461f73bb9021d5fd76a4c56d9d4cd16bd1bba86881979749d28',
)

/** The generator of G2. */
export const G2 = encoded(
  '024aa2b2f08f0a91260805272dc51051c6e47ad4fa403b02b4510b647ae3d1770bac0326a805bbefd48056c8c121bdb8',
  '13e02b6052719f607dacd3a088274f65596bd0d09920b61ab5da61bbdc7f5049334cf11213945d57e5ac7d055d042b7e',
  '0ce5d527727d6e118cc9cdc6da2e351aadfd9baa8cbdd3a76d429a695160d12c923ac9cc3baca289e193548608b82801',
  '0606c4a02ea734cc32acd2b02bc28b99cb3e287e85a763af267492ab572e99ab3f370d275cec1da1aaa9075ff05f79be',
)

/** Twice the generator of G2. */
export const TWICE_G2 = encoded(
  '1638533957d540a9d2370f17cc7ed5863bc0b995b8825e0ee1ea1e1e4d00dbae81f14b0bf3611b78c952aacab827a053',
  '0a4edef9c1ed7f729f520e47730a124fd70662a904ba1074728114d1031e1572c6c886f6b57ec72a6178288c47c33577',
  '0468fb440d82b0630aeb8dca2b5256789a66da69bf91009cbfe6bd221e47aa8ae88dece9764bf3bd999d95d71e4c9899',
  '0f6d4552fa65dd2638b361543f887136a43253d9c66c411697003f7a13c308f5422e1aa0a59c8967acdefd8b6e36ccf3',
)

/** 1 + 2u of the field Fp2. */
export const ELEMENT = encoded(
  '000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001',
  '000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000002',
)

/** Where EIP-2537 maps {@link ELEMENT} to in G2. */
export const MAPPED_ELEMENT = encoded(
  '03affe41434a0ba0c57a12a44659cb0a3880ab68671d59e14ada0697e1e284a24bbd1027e73fb2a5fa1b7b83a2ee3693',
  '0afb7419b48cf4b1d4205cb7a65b76bb00da7a3bdfa1b8da5bfda384aa78e27dbe4838d2660c885c80845e83ff4eea30',
  '16472687b24e83cbb72b626b04f37e880ff22701500ab276f7a553cd95315b06f39f8f21218aabc3367aeca0152322e8',
  '0a17e8006aa32586025a73fb9f5147067aeec10241a8eca8d8e2f121cf18080cfb0618c528d92a5ad538c7ffcf46d81f',
)

function encoded(...coordinates: readonly string[]): Hex {
  return `0x${coordinates.map((coordinate) => coordinate.padStart(128, '0')).join('')}`
}
