// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fixing} from "src/types/Fixing.sol";
import {JuryStage} from "src/types/Jury.sol";

import {CouncilFixture} from "../mocks/CouncilFixture.sol";
import {Erc792Fixture} from "../mocks/Erc792Fixture.sol";
import {JuryFixture} from "../mocks/JuryFixture.sol";
import {MaturityFixture} from "../mocks/MaturityFixture.sol";
import {UmaFixture} from "../mocks/UmaFixture.sol";
import {ArbitratorSuite} from "./ArbitratorSuite.sol";

contract CouncilSuite is ArbitratorSuite, CouncilFixture {
    uint128 private ruling;

    function setUp() public override(MaturityFixture, CouncilFixture) {
        CouncilFixture.setUp();
    }

    function _arbitrator() internal view override returns (address) {
        return address(council);
    }

    /// A council needs no case: what it can do before its turn is sign.
    function _prepare(Fixing memory about, uint128 value) internal override {
        ruling = value;
        fixing = about;
        if (block.timestamp < MATURITY + GRACE) _submit(_sign(_three(0, 2, 4), value), value);
    }

    /// Signatures on the fixing that was prepared, brought for `about`.
    function _finish(Fixing memory about) internal override {
        council.submit(about, ruling, _sign(_three(0, 2, 4), ruling));
    }

    function _collectFee() internal override returns (uint256 sum) {
        for (uint256 i = 0; i < COUNT; i += 2) {
            vm.prank(accounts[i]);
            sum += council.withdraw();
        }
    }
}

contract JurySuite is ArbitratorSuite, JuryFixture {
    function setUp() public override(MaturityFixture, JuryFixture) {
        JuryFixture.setUp();
    }

    function _arbitrator() internal view override returns (address) {
        return address(jury);
    }

    function _prepare(Fixing memory about, uint128 value) internal override {
        fixing = about;
        id = _idOf(about);
        _open();
        _draw("randao");
        _vote(new uint128[](0), value);
        vm.warp(jury.caseOf(id).revealEnd);
    }

    function _finish(Fixing memory about) internal override {
        jury.resolve(about);
    }

    function _collectFee() internal override returns (uint256 sum) {
        for (uint256 i = 0; i < JURORS; i++) {
            if (jury.idle(jurors[i]) == 0) continue;
            vm.prank(jurors[i]);
            sum += jury.withdraw();
        }
        vm.prank(drawer);
        sum += jury.withdraw();
        sum += jury.withdraw(); // this contract resolved
    }

    function _atStake() internal view override returns (uint256) {
        return jury.poolSize() * STAKE;
    }
}

contract Erc792Suite is ArbitratorSuite, Erc792Fixture {
    function setUp() public override(MaturityFixture, Erc792Fixture) {
        Erc792Fixture.setUp();
    }

    function _arbitrator() internal view override returns (address) {
        return address(adapter);
    }

    function _prepare(Fixing memory about, uint128 value) internal override {
        fixing = about;
        _ruleByCourt(_open(), value);
    }

    function _finish(Fixing memory about) internal override {
        adapter.bring(about);
    }

    function _collectFee() internal view override returns (uint256) {
        return weth.balanceOf(opener);
    }
}

contract UmaSuite is ArbitratorSuite, UmaFixture {
    function setUp() public override(MaturityFixture, UmaFixture) {
        UmaFixture.setUp();
    }

    function _arbitrator() internal view override returns (address) {
        return address(adapter);
    }

    function _prepare(Fixing memory about, uint128 value) internal override {
        fixing = about;
        bytes32 assertionId = _assert(value);
        vm.warp(block.timestamp + LIVENESS);
        court.settleAssertion(assertionId);
    }

    function _finish(Fixing memory about) internal override {
        adapter.bring(about);
    }

    function _collectFee() internal view override returns (uint256) {
        return weth.balanceOf(asserter) - 100 ether;
    }
}
