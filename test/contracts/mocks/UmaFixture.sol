// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IOptimisticOracleV3} from "src/interfaces/IOptimisticOracleV3.sol";
import {IUmaArbitrator} from "src/interfaces/IUmaArbitrator.sol";
import {Fixing, FixingId} from "src/types/Fixing.sol";

import {MaturityFixture} from "./MaturityFixture.sol";

/// @title All that callers see of the adapter
interface IUma is IUmaArbitrator {
    function supportsInterface(bytes4 interfaceId) external view returns (bool);
    function BOND_TOKEN() external view returns (address);
}

/// @title What the tests call of UMA's published contracts
interface IUmaOracle is IOptimisticOracleV3 {
    function disputeAssertion(bytes32 assertionId, address disputer) external;
    function settleAssertion(bytes32 assertionId) external;
    function stampAssertion(bytes32 assertionId) external view returns (bytes memory);
}

interface IUmaFinder {
    function changeImplementationAddress(bytes32 name, address implementation) external;
}

interface IUmaWhitelist {
    function addToWhitelist(address element) external;
    function addSupportedIdentifier(bytes32 identifier) external;
}

interface IUmaStore {
    struct Unsigned {
        uint256 rawValue;
    }

    function setFinalFee(address currency, Unsigned memory fee) external;
}

interface IUmaVoting {
    function pushPrice(bytes32 identifier, uint256 time, bytes memory ancillaryData, int256 price) external;
}

/// @title UMA's published optimistic oracle, with its own stand-in for the vote, and a fixing that it decides by the adapter
abstract contract UmaFixture is MaturityFixture {
    uint128 internal constant VALUE = 2500e18;
    uint64 internal constant LIVENESS = 3 hours;
    /// UMA's final fee, of which it asks twice as a bond.
    uint256 internal constant FINAL_FEE = 0.1 ether;
    uint256 internal constant LEAST_BOND = 1 ether;
    uint256 internal constant COST = 1000 ether;
    bytes32 internal constant ASSERT_TRUTH = "ASSERT_TRUTH";
    int256 internal constant IS_TRUE = 1e18;

    address internal asserter = makeAddr("asserter");
    address internal disputer = makeAddr("disputer");
    address internal backup = makeAddr("backup");

    IUmaOracle internal court;
    IUmaVoting internal voting;
    address internal store;
    IUma internal adapter;
    Fixing internal fixing;
    FixingId internal id;

    function setUp() public virtual override {
        super.setUp();
        _deployUma();
        adapter = _deployAdapter(LIVENESS, LEAST_BOND);
        fixing = _fixing(address(adapter), backup, address(0));
        id = _idOf(fixing);
        _fund(asserter);
        _fund(disputer);
    }

    function _deployAdapter(uint64 liveness, uint256 leastBond) internal returns (IUma) {
        bytes memory args = abi.encode(oracle, court, liveness, leastBond, COST);
        return IUma(deployCode("UmaArbitrator.sol:UmaArbitrator", args));
    }

    function _assert(uint128 value) internal returns (bytes32) {
        vm.prank(asserter);
        return adapter.assertValue(fixing, value);
    }

    function _dispute(bytes32 assertionId) internal {
        vm.prank(disputer);
        court.disputeAssertion(assertionId, disputer);
    }

    /// UMA's voters find what was disputed false, and UMA says so.
    function _findFalse(bytes32 assertionId, uint256 assertedAt) internal {
        voting.pushPrice(ASSERT_TRUTH, assertedAt, court.stampAssertion(assertionId), 0);
        court.settleAssertion(assertionId);
    }

    function _fund(address account) private {
        deal(address(weth), account, 100 ether);
        vm.startPrank(account);
        weth.approve(address(adapter), type(uint256).max);
        weth.approve(address(court), type(uint256).max);
        vm.stopPrank();
    }

    function _deployUma() private {
        address finder = _uma("data-verification-mechanism/implementation/Finder.sol/Finder.json", "");
        address identifiers =
            _uma("data-verification-mechanism/implementation/IdentifierWhitelist.sol/IdentifierWhitelist.json", "");
        address currencies = _uma("common/implementation/AddressWhitelist.sol/AddressWhitelist.json", "");
        store = _uma("data-verification-mechanism/implementation/Store.sol/Store.json", abi.encode(0, 0, address(0)));
        address votes = _uma(
            "data-verification-mechanism/test/MockOracleAncillary.sol/MockOracleAncillary.json",
            abi.encode(finder, address(0))
        );
        IUmaWhitelist(identifiers).addSupportedIdentifier(ASSERT_TRUTH);
        IUmaWhitelist(currencies).addToWhitelist(address(weth));
        IUmaStore(store).setFinalFee(address(weth), IUmaStore.Unsigned(FINAL_FEE));
        _register(finder, "IdentifierWhitelist", identifiers);
        _register(finder, "CollateralWhitelist", currencies);
        _register(finder, "Store", store);
        _register(finder, "Oracle", votes);
        voting = IUmaVoting(votes);
        court = IUmaOracle(
            _uma(
                "optimistic-oracle-v3/implementation/OptimisticOracleV3.sol/OptimisticOracleV3.json",
                abi.encode(finder, weth, uint64(2 hours))
            )
        );
    }

    function _register(address finder, bytes32 name, address implementation) private {
        IUmaFinder(finder).changeImplementationAddress(name, implementation);
    }

    /// A contract of UMA's as published.
    function _uma(string memory path, bytes memory args) private returns (address) {
        return deployCode(string.concat("node_modules/@uma/core/artifacts/contracts/", path), args);
    }
}
