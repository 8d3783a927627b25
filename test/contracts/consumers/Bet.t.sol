// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FixingConsumer} from "src/consumers/FixingConsumer.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {FixingBuilder} from "src/libraries/FixingBuilder.sol";
import {SettlementLib} from "src/libraries/SettlementLib.sol";

import {ConsumerFixture} from "../mocks/ConsumerFixture.sol";

contract Bet is FixingConsumer {
    constructor(ISettlementSource oracle, bytes32 indexId, uint64 maturity, address arbitrator, address backup)
        FixingConsumer(oracle, FixingBuilder.build(indexId, maturity, arbitrator, backup))
    {}

    function winner() public view returns (string memory) {
        uint128 settlement = _settlement(); // reverts before there is one
        if (SettlementLib.isInvalid(settlement)) return "nobody: everybody gets their stake back";
        return settlement >= 2500e18 ? "above" : "below";
    }
}

/// The example of docs/integrators.md, to the letter.
contract BetTest is ConsumerFixture {
    Bet private bet;

    function setUp() public override {
        super.setUp();
        bet = new Bet(
            ISettlementSource(address(oracle)), fixing.indexId, MATURITY, fixing.arbitrator, fixing.backup
        );
    }

    function test_bet_isDecidedByTheSettlement() public {
        vm.expectRevert(_notSettled());
        bet.winner();
        uint256 start = vm.snapshotState();
        _settle(fixing, 2500e18);
        assertEq(bet.winner(), "above");
        vm.revertToState(start);
        _settle(fixing, 2500e18 - 1);
        assertEq(bet.winner(), "below");
        vm.revertToState(start);
        _expire();
        assertEq(bet.winner(), "nobody: everybody gets their stake back");
    }
}
