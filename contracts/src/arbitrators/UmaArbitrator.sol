// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Strings} from "@openzeppelin/contracts/utils/Strings.sol";

import {IMaturityOracle} from "../interfaces/IMaturityOracle.sol";
import {IOptimisticOracleV3} from "../interfaces/IOptimisticOracleV3.sol";
import {IUmaArbitrator} from "../interfaces/IUmaArbitrator.sol";
import {DistanceLib} from "../libraries/DistanceLib.sol";
import {TurnLib} from "../libraries/TurnLib.sol";
import {Fixing, FixingId} from "../types/Fixing.sol";
import {CourtAdapter} from "./CourtAdapter.sol";

/// @title An arbitrator that asks UMA's optimistic oracle
/// @notice See `IUmaArbitrator`.
contract UmaArbitrator is IUmaArbitrator, CourtAdapter {
    using SafeERC20 for IERC20;
    using Strings for address;
    using Strings for uint256;

    /// @dev Less than UMA's own two hours is too little to be noticed in; a turn is at least a day.
    uint64 private constant MIN_LIVENESS = 2 hours;
    uint64 private constant MAX_LIVENESS = 10 days;
    /// @dev What a disputed assertion takes beside the liveness until UMA's voters have found.
    uint64 private constant VOTE_TIME = 7 days;
    /// @dev A true claim may be this part of the separation off, 50 ppm of 1000: who may choose within it must not choose the
    /// winner, so it counts as noise of the ruling, of which P1 bears less than a quarter of the separation (R-310).
    uint32 private constant TOLERANCE = 20;

    /// @notice UMA's optimistic oracle, which decides.
    IOptimisticOracleV3 public immutable COURT;
    /// @notice How long an assertion can be disputed, seconds.
    uint64 public immutable LIVENESS;
    /// @notice The least bond of an assertion, bond-token wei.
    uint256 public immutable LEAST_BOND;

    mapping(FixingId => Case) private _cases;
    mapping(bytes32 assertionId => Assertion) private _assertions;

    /// @param oracle the only oracle it rules for; its bond token must be on UMA's list of currencies.
    /// @param court UMA's optimistic oracle.
    /// @param liveness how long an assertion can be disputed, seconds, two hours .. ten days: the time in which somebody
    /// must notice a false one. `ParameterOutOfBounds` otherwise.
    /// @param leastBond of an assertion, bond-token wei; UMA may ask for more.
    /// @param declaredCost bond-token wei, as published by whoever deploys: an assertion, see `costOfCorruption`.
    constructor(
        IMaturityOracle oracle,
        IOptimisticOracleV3 court,
        uint64 liveness,
        uint256 leastBond,
        uint256 declaredCost
    ) CourtAdapter(oracle, declaredCost, liveness + VOTE_TIME, 0) {
        if (liveness < MIN_LIVENESS || liveness > MAX_LIVENESS) {
            revert IMaturityOracle.ParameterOutOfBounds("liveness", liveness, MIN_LIVENESS, MAX_LIVENESS);
        }
        COURT = court;
        LIVENESS = liveness;
        LEAST_BOND = leastBond;
    }

    /// @inheritdoc IUmaArbitrator
    function assertValue(Fixing calldata fixing, uint128 value) external nonReentrant returns (bytes32 assertionId) {
        if (value == 0) revert ValueZero();
        FixingId id = ORACLE.fixingId(fixing);
        uint256 turnEnd = TurnLib.turnEnd(ORACLE, fixing, address(this));
        if (turnEnd == 0) revert NotItsTurn(id);
        if (_cases[id].asserter != address(0)) revert AlreadyRuled(id);
        uint64 expiry = uint64(block.timestamp) + LIVENESS;
        if (expiry >= turnEnd) revert TurnEndsBefore(expiry, uint64(turnEnd));

        uint256 bond = price();
        BOND_TOKEN.safeTransferFrom(msg.sender, address(this), bond);
        BOND_TOKEN.forceApprove(address(COURT), bond);
        assertionId = COURT.assertTruth(
            bytes(claimOf(fixing, value)),
            msg.sender,
            address(this),
            address(0),
            LIVENESS,
            BOND_TOKEN,
            bond,
            COURT.defaultIdentifier(),
            FixingId.unwrap(id)
        );
        _assertions[assertionId] = Assertion(id, msg.sender, value);
        emit Asserted(id, assertionId, msg.sender, value, expiry);
    }

    /// @inheritdoc IUmaArbitrator
    /// @dev Anyone can name this contract at UMA for a claim of his own: only what was asserted here counts.
    function assertionResolvedCallback(bytes32 assertionId, bool isTrue) external {
        if (msg.sender != address(COURT)) revert NotTheCourt(msg.sender);
        Assertion memory assertion = _assertions[assertionId];
        if (assertion.asserter == address(0)) return;
        emit Resolved(assertion.id, assertionId, isTrue);
        Case storage trial = _cases[assertion.id];
        if (!isTrue || trial.asserter != address(0)) return;
        trial.asserter = assertion.asserter;
        trial.value = assertion.value;
    }

    /// @inheritdoc IUmaArbitrator
    function assertionDisputedCallback(bytes32 assertionId) external {
        if (msg.sender != address(COURT)) revert NotTheCourt(msg.sender);
        Assertion storage assertion = _assertions[assertionId];
        if (assertion.asserter != address(0)) emit Disputed(assertion.id, assertionId);
    }

    /// @inheritdoc IUmaArbitrator
    function bring(Fixing calldata fixing) external nonReentrant {
        FixingId id = ORACLE.fixingId(fixing);
        Case memory trial = _cases[id];
        if (trial.asserter == address(0)) revert NotRuled(id);
        _bring(fixing, trial.value, trial.asserter);
    }

    /// @inheritdoc IUmaArbitrator
    function price() public view returns (uint256) {
        uint256 umaBond = COURT.getMinimumBond(address(BOND_TOKEN));
        return umaBond > LEAST_BOND ? umaBond : LEAST_BOND;
    }

    /// @inheritdoc IUmaArbitrator
    function claimOf(Fixing calldata fixing, uint128 value) public view returns (string memory) {
        string memory printed = value == DistanceLib.INVALID
            ? "printed no value"
            : string.concat(
                "printed ",
                uint256(value).toString(),
                " / 10^18, or a value that differs from it by no more than ",
                uint256(fixing.separationPpm / TOLERANCE).toString(),
                " parts per million,"
            );
        return string.concat(
            "The index whose document has the hash ",
            uint256(fixing.indexId).toHexString(32),
            " ",
            printed,
            " at Unix time ",
            uint256(fixing.maturity).toString(),
            ", as its document says. Fixing ",
            uint256(FixingId.unwrap(ORACLE.fixingId(fixing))).toHexString(32),
            " of the oracle ",
            address(ORACLE).toHexString(),
            " on chain ",
            block.chainid.toString(),
            "."
        );
    }

    /// @inheritdoc IUmaArbitrator
    function caseOf(FixingId id) external view returns (Case memory) {
        return _cases[id];
    }

    /// @inheritdoc IUmaArbitrator
    function assertionOf(bytes32 assertionId) external view returns (Assertion memory) {
        return _assertions[assertionId];
    }

    /// @notice ERC-165: arbitrator, and adapter.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IUmaArbitrator).interfaceId || super.supportsInterface(interfaceId);
    }
}
