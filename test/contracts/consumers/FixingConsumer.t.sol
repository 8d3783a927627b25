// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {FixingConsumer} from "src/consumers/FixingConsumer.sol";
import {IMaturityOracle} from "src/interfaces/IMaturityOracle.sol";
import {ISettlementSource} from "src/interfaces/ISettlementSource.sol";
import {FixingBuilder} from "src/libraries/FixingBuilder.sol";
import {Fixing, FixingId} from "src/types/Fixing.sol";

import {ConsumerFixture} from "../mocks/ConsumerFixture.sol";

contract Reader is FixingConsumer {
    constructor(ISettlementSource oracle, Fixing memory fixing_) FixingConsumer(oracle, fixing_) {}

    function settlement() external view returns (uint128) {
        return _settlement();
    }

    function value() external view returns (uint128) {
        return _value();
    }
}

/// R-610.
contract FixingConsumerTest is ConsumerFixture {
    function test_consumer_pinsAndAnnouncesItsFixing() public {
        vm.expectEmit(address(oracle));
        emit IMaturityOracle.Created(id, fixing.indexId, fixing);
        Reader reader = _reader();
        assertEq(FixingId.unwrap(reader.FIXING_ID()), FixingId.unwrap(id));
        assertEq(abi.encode(reader.fixing()), abi.encode(fixing));
        assertEq(address(reader.ORACLE()), address(oracle));
        fixing.indexId = 0;
        vm.expectRevert(
            abi.encodeWithSelector(
                IMaturityOracle.ParameterOutOfBounds.selector, bytes32("indexId"), 0, 1, type(uint256).max
            )
        );
        _reader();
    }

    function test_consumer_readsNothingBeforeTheSettlement() public {
        Reader reader = _reader();
        _proposeAtMaturity(fixing, VALUE);
        vm.warp(MATURITY + FIRST_WINDOW - 1);
        assertFalse(reader.isSettled());
        vm.expectRevert(_notSettled());
        reader.settlement();
        vm.expectRevert(_notSettled());
        reader.value();
        vm.warp(MATURITY + FIRST_WINDOW);
        assertTrue(reader.isSettled());
        assertEq(reader.settlement(), VALUE);
        assertEq(reader.value(), VALUE);
    }

    function test_consumer_tellsInvalidFromAValue() public {
        Reader reader = _reader();
        _settle(fixing, INVALID);
        assertTrue(reader.isSettled());
        assertEq(reader.settlement(), INVALID);
        vm.expectRevert(_invalid());
        reader.value();
    }

    function test_consumer_knowsAFixingThatExpiredUnproposed() public {
        Reader reader = _reader();
        vm.warp(MATURITY + GRACE + ARBITRATION_LIMIT - 1);
        assertFalse(reader.isSettled());
        _expire();
        assertTrue(reader.isSettled());
        assertEq(reader.settlement(), INVALID);
        vm.expectRevert(_invalid());
        reader.value();
    }

    /// The defaults are those of the rest of the product, and `create` takes them.
    function test_builder_buildsTheDefaults() public {
        Fixing memory built = FixingBuilder.build(fixing.indexId, MATURITY, fixing.arbitrator, fixing.backup);
        assertEq(abi.encode(built), abi.encode(fixing));
        assertEq(FixingId.unwrap(oracle.create(built)), FixingId.unwrap(id));
    }

    function _reader() private returns (Reader) {
        return new Reader(ISettlementSource(address(oracle)), fixing);
    }
}
