// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ISplitVault} from "src/interfaces/ISplitVault.sol";
import {Fixing} from "src/types/Fixing.sol";
import {Series, SeriesId} from "src/types/Series.sol";

import {MaturityFixture} from "./MaturityFixture.sol";

/// @title All that callers see of a vault, beside its interface what its parts bring
interface IVault is ISplitVault {
    error ERC6909InsufficientBalance(address sender, uint256 balance, uint256 needed, uint256 id);

    function multicall(bytes[] calldata data) external returns (bytes[] memory);
    receive() external payable;
}

/// @title An arbitrator that says what it costs and never rules
contract SteadyArbitrator {
    uint256 private _cost;

    constructor(uint256 cost) {
        _cost = cost;
    }

    function set(uint256 cost) external {
        _cost = cost;
    }

    function costOfCorruption(Fixing calldata) external view returns (uint256) {
        return _cost;
    }
}

/// @title A vault, two holders and a series with strike 2500 on the fixture's fixing
abstract contract SplitVaultFixture is MaturityFixture {
    /// What each of the two arbitrators says that it costs: more than all collateral of the tests.
    uint256 internal constant COST = 1e7 ether;

    IVault internal vault;
    SteadyArbitrator internal arbitrator;
    SteadyArbitrator internal backup;
    Series internal series;
    SeriesId internal id;

    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");

    function setUp() public virtual override {
        super.setUp();
        vault = _deployVault(address(oracle), address(weth));
        arbitrator = new SteadyArbitrator(COST);
        backup = new SteadyArbitrator(COST);
        series = Series({
            fixing: _fixing(address(arbitrator), address(backup), address(vault)),
            strike: 2500e18,
            invalidSharePpm: 400_000
        });
        id = vault.seriesId(series);
        _endow(alice, address(vault));
        _endow(bob, address(vault));
    }

    function _deployVault(address oracle_, address collateral) internal returns (IVault) {
        return _deployVault(oracle_, collateral, 1e18);
    }

    function _deployVault(address oracle_, address collateral, uint256 bondRate) internal returns (IVault) {
        bytes memory args = abi.encode(oracle_, collateral, bondRate);
        return IVault(payable(deployCode("SplitVault.sol:SplitVault", args)));
    }

    function _split(address holder, uint256 amount) internal {
        vm.prank(holder);
        vault.split(series, amount);
    }

    function _pOf(address holder) internal view returns (uint256) {
        return vault.balanceOf(holder, id.pId());
    }

    function _nOf(address holder) internal view returns (uint256) {
        return vault.balanceOf(holder, id.nId());
    }
}
