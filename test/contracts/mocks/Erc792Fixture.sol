// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IArbitrable} from "@kleros/erc-792/contracts/IArbitrable.sol";
import {CentralizedArbitratorWithAppeal} from "@kleros/erc-792/contracts/examples/CentralizedArbitratorWithAppeal.sol";

import {IErc792Arbitrator} from "src/interfaces/IErc792Arbitrator.sol";
import {Fixing, FixingId} from "src/types/Fixing.sol";

import {MaturityFixture} from "./MaturityFixture.sol";

/// @title All that callers see of the adapter
interface IErc792 is IErc792Arbitrator {
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
    function BOND_TOKEN() external view returns (address);
}

/// @title A court of Kleros's published example of ERC-792, with appeals, and a fixing that it decides by the adapter
abstract contract Erc792Fixture is MaturityFixture {
    uint128 internal constant VALUE = 2500e18;
    /// What the example takes.
    uint256 internal constant PRICE = 1e15;
    uint256 internal constant COST = 1000 ether;

    address internal opener = makeAddr("opener");
    address internal backup = makeAddr("backup");

    CentralizedArbitratorWithAppeal internal court;
    IErc792 internal adapter;
    Fixing internal fixing;
    FixingId internal id;

    function setUp() public virtual override {
        super.setUp();
        court = new CentralizedArbitratorWithAppeal();
        adapter = _deployAdapter(address(court));
        fixing = _fixing(address(adapter), backup, address(0));
        id = _idOf(fixing);
        vm.deal(opener, 10 ether);
    }

    function _deployAdapter(address to) internal returns (IErc792) {
        bytes memory args = abi.encode(oracle, to, bytes("31 jurors"), "ipfs://meta", COST, 10 days, FEE);
        return IErc792(deployCode("Erc792Arbitrator.sol:Erc792Arbitrator", args));
    }

    function _open() internal returns (uint256 disputeId) {
        vm.prank(opener);
        return adapter.open{value: PRICE}(fixing);
    }

    /// The court rules, nobody appeals, and the court tells the adapter.
    function _ruleByCourt(uint256 disputeId, uint256 ruling) internal {
        court.giveRuling(disputeId, ruling);
        vm.warp(block.timestamp + 3 minutes + 1);
        court.executeRuling(disputeId);
    }
}
