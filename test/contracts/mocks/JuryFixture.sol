// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";
import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";

import {IJuryArbitrator} from "src/interfaces/IJuryArbitrator.sol";
import {Fixing, FixingId} from "src/types/Fixing.sol";
import {JurySeat, JuryTerms} from "src/types/Jury.sol";

import {MaturityFixture} from "./MaturityFixture.sol";

/// @title All that callers see of a jury
interface IJury is IJuryArbitrator, IERC165 {
    function ORACLE() external view returns (address);
    function BOND_TOKEN() external view returns (address);
}

/// @dev A cheatcode of forge that forge-std 1.9.3 does not name.
interface IBlockhashCheat {
    function setBlockhash(uint256 number, bytes32 hash) external;
}

/// @title A jury of 31 seats over a pool of 80 stakes of 10 jurors, and a fixing it arbitrates
abstract contract JuryFixture is MaturityFixture {
    using RLP for RLP.Encoder;

    uint8 internal constant SEATS = 31;
    uint8 internal constant QUORUM = 21;
    uint88 internal constant STAKE = 1 ether;
    uint88 internal constant SEAT_FEE = 0.001 ether;
    uint32 internal constant WARM_UP = 7 days;
    /// What drawer and resolver are paid, each, and all coherent seats together, of the fixing's fee.
    uint256 internal constant CLERK_PAY = uint256(FEE) * 4 / 39;
    uint256 internal constant SEATS_PAY = uint256(FEE) - 2 * CLERK_PAY;
    uint32 internal constant COMMIT_TIME = 2 days;
    uint32 internal constant REVEAL_TIME = 1 days;
    uint256 internal constant JURORS = 10;
    uint128 internal constant VALUE = 2500e18;
    bytes32 internal constant SALT = keccak256("salt");

    address internal anyone = makeAddr("anyone");
    address internal drawer = makeAddr("drawer");
    address internal backup = makeAddr("backup");

    IJury internal jury;
    Fixing internal fixing;
    FixingId internal id;
    address[] internal jurors;

    function setUp() public virtual override {
        super.setUp();
        vm.roll(1000);
        jury = _deployJury(_terms());
        for (uint256 i = 0; i < JURORS; i++) {
            jurors.push(makeAddr(string.concat("juror ", vm.toString(i))));
            _endow(jurors[i], address(jury));
        }
        vm.warp(MATURITY - 1 days - WARM_UP);
        _stakeAll(8);
        fixing = _fixing(address(jury), backup, address(0));
        id = _idOf(fixing);
    }

    function _terms() internal pure virtual returns (JuryTerms memory) {
        return JuryTerms({
            seats: SEATS,
            quorum: QUORUM,
            leastPool: 62,
            leastSeparationPpm: 1000,
            warmUp: WARM_UP,
            seatStake: STAKE,
            seatFee: SEAT_FEE,
            commitTime: COMMIT_TIME,
            revealTime: REVEAL_TIME
        });
    }

    function _deployJury(JuryTerms memory terms) internal returns (IJury) {
        return IJury(deployCode("JuryArbitrator.sol:JuryArbitrator", abi.encode(oracle, terms)));
    }

    /// Every juror stakes `count`, and once that has warmed up it is in the pool, one juror's after the other's.
    function _stakeAll(uint256 count) internal {
        for (uint256 i = 0; i < jurors.length; i++) {
            vm.prank(jurors[i]);
            jury.stake(count);
        }
        vm.warp(block.timestamp + WARM_UP);
        for (uint256 i = 0; i < jurors.length; i++) {
            jury.admit(jurors[i]);
        }
    }

    /// `juror` stakes `count`, which are in the pool a week later.
    function _join(address juror, uint256 count) internal {
        vm.prank(juror);
        jury.stake(count);
        vm.warp(block.timestamp + WARM_UP);
        jury.admit(juror);
    }

    function _open() internal {
        vm.prank(anyone);
        jury.open(fixing);
    }

    /// Mines on to where the seed block is known and draws by `randao`.
    function _draw(bytes32 randao) internal {
        bytes memory header = _reach(jury.caseOf(id).seedBlock, randao);
        vm.prank(drawer);
        jury.draw(fixing, header);
    }

    /// Brings the fixing before the jury, and the jurors to their seats.
    function _trial() internal {
        _arbitrate(fixing);
        _open();
        _draw(keccak256("randao"));
    }

    /// Mines one block past `number`, whose header, with `randao`, is returned.
    function _reach(uint64 number, bytes32 randao) internal returns (bytes memory header) {
        header = _header(number, randao);
        vm.roll(number + 1);
        IBlockhashCheat(address(vm)).setBlockhash(number, keccak256(header));
    }

    /// The header of a block of Prague, of which only the number and `prevrandao` matter here.
    function _header(uint64 number, bytes32 randao) internal pure returns (bytes memory) {
        RLP.Encoder memory fields = RLP.encoder();
        for (uint256 i = 0; i < 21; i++) {
            if (i == 8) fields = fields.push(uint256(number));
            else if (i == 13) fields = fields.push(randao);
            else if (i == 2) fields = fields.push(address(0xfee));
            else if (i == 6) fields = fields.push(new bytes(256));
            else if (i == 12) fields = fields.push(bytes("extra"));
            else if (i >= 7 && i <= 18 && i != 16) fields = fields.push(i * 1e9);
            else fields = fields.push(keccak256(abi.encode(i)));
        }
        return fields.encode();
    }

    function _commit(uint8 seat, uint128 value) internal {
        address juror = _juror(seat);
        bytes32 commitment = jury.commitmentOf(id, seat, value, SALT);
        vm.prank(juror);
        jury.commit(id, seat, commitment);
    }

    function _reveal(uint8 seat, uint128 value) internal {
        vm.prank(anyone);
        jury.reveal(id, seat, value, SALT);
    }

    /// Seat i votes `values[i]`; who votes 0 does not, and those beyond the end vote `rest`.
    function _vote(uint128[] memory values, uint128 rest) internal {
        for (uint8 i = 0; i < SEATS; i++) {
            uint128 value = i < values.length ? values[i] : rest;
            if (value != 0) _commit(i, value);
        }
        vm.warp(jury.caseOf(id).commitEnd);
        for (uint8 i = 0; i < SEATS; i++) {
            uint128 value = i < values.length ? values[i] : rest;
            if (value != 0) _reveal(i, value);
        }
    }

    function _resolve() internal {
        vm.warp(jury.caseOf(id).revealEnd);
        vm.prank(anyone);
        jury.resolve(fixing);
    }

    function _juror(uint8 seat) internal view returns (address) {
        return _seats()[seat].juror;
    }

    function _seats() internal view returns (JurySeat[] memory) {
        return jury.seatsOf(id, jury.caseOf(id).round);
    }

    /// How many of the present round's seats are `juror`'s.
    function _seatsOf(address juror) internal view returns (uint256 count) {
        JurySeat[] memory seats = _seats();
        for (uint256 i = 0; i < seats.length; i++) {
            if (seats[i].juror == juror) count++;
        }
    }

    /// All that the contract owes while nobody has a seat: idle amounts, and a stake for each newcomer and each entry of the pool or
    /// of what rounds have returned.
    function _owed() internal view returns (uint256 sum) {
        sum = (jury.poolSize() + jury.returnedSize()) * STAKE + jury.idle(drawer) + jury.idle(anyone) + jury.idle(address(this));
        for (uint256 i = 0; i < jurors.length; i++) {
            sum += jury.idle(jurors[i]) + jury.newcomer(jurors[i]).count * STAKE;
        }
    }
}
