// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Test} from "forge-std/Test.sol";

import {Fixing, FixingId} from "src/types/Fixing.sol";

import {IOracle, IWeth} from "../support/OracleTest.sol";

/// @title What the contracts beside the oracle are tested with: the real oracle, WETH9, and a fixing a day ahead
/// @notice Contracts are deployed by name and held by interfaces, so that tests compile apart from them.
abstract contract MaturityFixture is Test {
    uint128 internal constant INVALID = type(uint128).max;
    uint64 internal constant MATURITY = 1_800_000_000;
    uint128 internal constant MIN_BOND = 0.1 ether;
    uint128 internal constant FEE = 0.04 ether;
    uint32 internal constant FIRST_WINDOW = 1 days;
    uint32 internal constant GRACE = 3 days;
    uint32 internal constant ARBITRATION_LIMIT = 30 days;

    IOracle internal oracle;
    IWeth internal weth;

    /// Proposes and requests; never a holder, signer or reporter.
    address internal proposer = makeAddr("proposer");

    function setUp() public virtual {
        vm.warp(MATURITY - 1 days);
        weth = IWeth(deployCode("node_modules/canonical-weth/build/contracts/WETH9.json"));
        address sink = 0x000000000000000000000000000000000000dEaD;
        oracle = IOracle(deployCode("MaturityOracle.sol:MaturityOracle", abi.encode(weth, sink)));
        _endow(proposer, address(oracle));
    }

    /// A fixing with the protocol's default parameters.
    function _fixing(address arbitrator, address backup, address openInterest) internal pure returns (Fixing memory) {
        return Fixing({
            indexId: keccak256("an index document"),
            maturity: MATURITY,
            arbitrator: arbitrator,
            backup: backup,
            openInterest: openInterest,
            minBond: MIN_BOND,
            arbitrationFee: FEE,
            bondPpm: 2500,
            firstWindow: FIRST_WINDOW,
            window: 2 days,
            separationPpm: 1000,
            bandPpm: 10_000,
            proposalGrace: GRACE,
            arbitrationLimit: ARBITRATION_LIMIT
        });
    }

    /// Gives `holder` a million WETH and lets `spender` take it.
    function _endow(address holder, address spender) internal {
        vm.deal(holder, 1e6 ether);
        vm.startPrank(holder);
        weth.deposit{value: 1e6 ether}();
        weth.approve(spender, type(uint256).max);
        vm.stopPrank();
    }

    /// Settles `fixing` on `value` by an undisputed proposal.
    function _settle(Fixing memory fixing, uint128 value) internal {
        _proposeAtMaturity(fixing, value);
        vm.warp(MATURITY + FIRST_WINDOW);
    }

    function _proposeAtMaturity(Fixing memory fixing, uint128 value) internal {
        vm.warp(MATURITY);
        vm.prank(proposer);
        oracle.propose(fixing, value, type(uint256).max);
    }

    /// Sends `fixing` to its arbitrator, as anyone may once nobody proposed in time.
    function _arbitrate(Fixing memory fixing) internal {
        vm.warp(MATURITY + GRACE);
        vm.prank(proposer);
        oracle.request(fixing);
    }

    /// The id that the oracle must compute, computed apart from it.
    function _idOf(Fixing memory fixing) internal view returns (FixingId) {
        return FixingId.wrap(keccak256(abi.encode(block.chainid, address(oracle), fixing)));
    }
}
