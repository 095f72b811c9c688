namespace DlGen.Ptx;

/// <summary>
/// How an entry of attention divides its work. A block has <paramref name="Rows"/> rows of its own side, each held in registers by <paramref name="Lanes"/>
/// neighbouring lanes; <paramref name="TileRows"/> rows of the other side lie in shared memory at a time.
/// </summary>
/// <param name="Own">All rows of the own side.</param>
/// <param name="Passing">All rows of the other.</param>
/// <param name="Vector">Elements of an access of 16 bytes.</param>
internal sealed record AttentionTiling(int Own, int Passing, int Lanes, int Rows, int TileRows, int Vector)
{
    /// <summary>Rows of the other side whose scores are computed together; a tile has a multiple of them.</summary>
    public const int Together = 4;

    /// <summary>Four warps, or as many as have rows.</summary>
    private const int MostThreads = 128;

    private const int WarpLanes = 32;
    private const int MostTileRows = 64;

    /// <summary>Of what a lane holds: 80 registers. Scores, addresses and what is loaded need some 80 beside them.</summary>
    private const int MostHeldBytes = 320;

    /// <summary>So many blocks share a multiprocessor that their tiles may be no larger.</summary>
    private const int TileBytes = 16 * 1024;

    /// <summary>What every device has for a block without being asked.</summary>
    private const int MostSharedBytes = 48 * 1024;

    public int Threads => Lanes * Rows;

    /// <summary>Blocks of the own side.</summary>
    public int Blocks => (Own + Rows - 1) / Rows;

    /// <summary>Elements of a row in shared memory: each lane has whole vectors of it.</summary>
    public int Pitch(int width) => RoundUp(width, Vector * Lanes);

    /// <summary>Elements of a row that a lane has.</summary>
    public int Share(int width) => Pitch(width) / Lanes;

    /// <summary>Null where rows are too wide for registers and shared memory.</summary>
    /// <param name="held">Widths of what is held of each own row, sums included.</param>
    /// <param name="passing">Widths of what passes.</param>
    /// <param name="numbers">Numbers that pass beside it.</param>
    public static AttentionTiling? Of(int own, int passingRows, int[] held, int[] passing, int numbers, int bytes)
    {
        for (int lanes = 1; lanes <= WarpLanes; lanes *= 2)
        {
            int rows = WarpLanes / lanes;
            while (rows * lanes < MostThreads && rows < own) rows *= 2;
            var tiling = new AttentionTiling(own, passingRows, lanes, rows, Together, 16 / bytes);
            if (held.Sum(tiling.Share) * bytes > MostHeldBytes) continue;
            int rowBytes = (passing.Sum(tiling.Pitch) + numbers) * bytes;
            int tileRows = Math.Min(Math.Max(TileBytes / rowBytes / Together * Together, Together), Math.Min(MostTileRows, RoundUp(passingRows, Together)));
            return tileRows * rowBytes > MostSharedBytes ? null : tiling with { TileRows = tileRows };
        }
        return null;
    }

    private static int RoundUp(int count, int to) => (count + to - 1) / to * to;
}
