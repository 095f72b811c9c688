using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    /// <summary>Whether <see cref="TileContraction"/> takes the kernel: places that are sums of strides or lie in panels, and rows outermost among what is summed.</summary>
    public static bool FitsTiles(ContractionKernel kernel)
    {
        var sides = ContractionSides.Of(kernel);
        int outer = kernel.Outer.Count;
        Extent[] extents = [.. ResultAxes(kernel), .. kernel.K];
        bool IsOperand(Access access) => access.Id is null && kernel.Buffers[access.Buffer].IsNumbers && access.PanelAxis < outer + 2;
        bool HasFixedPanels(Access access) => access.PanelAxis < 0 || !extents[access.PanelAxis].TimesRows;
        return IsOperand(kernel.Left) && IsOperand(kernel.Right) && !kernel.Left.Varies(outer + 1) && !kernel.Right.Varies(outer)
            && new[] { kernel.Left, kernel.Right }.Concat(kernel.Epilogue.Accesses).All(HasFixedPanels)
            && sides.K.Extents.Skip(1).All(axis => !axis.TimesRows)
            && new[] { sides.Batch, sides.M, sides.N, sides.K }.All(side => side.Extents.Skip(1).All(axis => !axis.TimesRows) && side.Constant < int.MaxValue / 2);
    }

    /// <summary>
    /// A block computes a tile of the result: threads load the operands' next terms into registers while they multiply the current ones out of shared memory, of which there are two copies, so that one barrier a
    /// step is enough. Each thread adds its results in the order of K. The rows and columns of a tile are axes walked as one, taken apart by constants where addresses are made: a convolution is
    /// no other product. Rows and columns beyond the last read what the last does, and are not stored.
    /// </summary>
    private sealed partial class TileContraction
    {
        private const string Shared = "tile";
        private const int VectorBytes = 16;

        private readonly PtxPrinter entry;
        private readonly PtxWriter writer;
        private readonly ContractionKernel kernel;
        private readonly ContractionSides sides;
        private readonly ContractionTile tile;
        private readonly int parts;
        private readonly int partStride;

        /// <summary>Bytes of an element, and elements of 16 bytes.</summary>
        private readonly int size;
        private readonly int vector;

        private readonly TileProducts products;
        private readonly string shared;
        private string thread;
        private string[] batch = [];
        private Origin m = Origin.None;
        private Origin n = Origin.None;

        /// <summary>Where a tile begins along a side, and how many of its positions there are.</summary>
        /// <param name="First">Of 64 bits: the index of the axis that grows with the rows, to which positions are relative; "0" where none does.</param>
        /// <param name="Rest">Of 32 bits: the position in front of the tile's, from there on.</param>
        /// <param name="Limit">Of 32 bits: positions of the tile that exist; null if all do.</param>
        private sealed record Origin(string First, string Rest, string? Limit)
        {
            public static Origin None { get; } = new("0", "0", null);
        }

        private TileContraction(PtxPrinter entry, ContractionKernel kernel, ContractionTile tile, int parts, int partStride)
        {
            (this.entry, writer, this.kernel, this.tile, this.parts, this.partStride) = (entry, entry.writer, kernel, tile, parts, partStride);
            sides = ContractionSides.Of(kernel);
            size = entry.math.Kind == Float32 ? sizeof(float) : sizeof(double);
            vector = VectorBytes / size;
            products = tile.IsForTensorCores ? new MatrixProducts(this) : new ThreadProducts(this);
            thread = writer.Emit(Integer32, "mov.u32", "%tid.x");
            shared = writer.Emit(Integer32, "mov.u32", Shared);
        }

        public static PtxEntryPlan Plan(ContractionKernel kernel, ContractionWay way, int partStride)
        {
            var sides = ContractionSides.Of(kernel);
            var tile = way.Tile!;
            PtxGridAxis[] grid = [new(new[] { Extent.Of(way.Parts) }, 1), new(sides.Batch.Extents, 1), new(sides.M.Extents, tile.Rows), new(sides.N.Extents, tile.Columns)];
            return new PtxEntryPlan(way.Suffix, tile.Threads, grid, printer => new TileContraction(printer, kernel, tile, way.Parts, partStride).Print());
        }

        private void Print()
        {
            string done = writer.Label("end");
            string block = writer.Emit(Integer32, "mov.u32", "%ctaid.x");
            string part = FindTile(block, done);
            var left = new Operand(this, isLeft: true);
            var right = new Operand(this, isLeft: false);
            int stage = left.SharedBytes + right.SharedBytes;
            int ofBlock = System.Math.Max(2 * stage, SliceBytes);
            if (tile.IsForTensorCores) writer.NeedTensorCores();
            writer.BlockOf(tile.Threads, Shared, ofBlock + VectorBytes);
            writer.Do($"@{writer.Emit(Predicate, "setp.eq.u32", thread, "0")} st.shared.u32", At(shared, ofBlock), block);

            string[] sums = [.. Enumerable.Range(0, tile.Results).Select(_ => entry.math.Variable(0))];
            Multiply(sums, left, right, Steps(part), stage);
            writer.Do("bar.sync", "0");
            FindTileAgain(ofBlock, done);
            StoreTile(sums);
            writer.Place(done);
        }

        /// <summary>
        /// What the epilogue needs to know of the block is found again after the sums: beside the operands and sums there would be no registers for it. The block's number comes through shared memory, for
        /// the assembler would else see that it knows all of this and keep it.
        /// </summary>
        private void FindTileAgain(int numberAt, string done)
        {
            thread = writer.Emit(Integer32, "mov.u32", "%tid.x");
            string part = FindTile(writer.Emit(Integer32, "ld.shared.u32", At(shared, numberAt)), done);
            if (parts > 1) entry.MoveToPart(Wide(part), partStride);
        }

        /// <summary>Takes the number of the block apart: tiles of columns innermost, so that blocks side by side share the rows of the left operand, then of rows, the batch, and the part of the sums.</summary>
        private string FindTile(string block, string done)
        {
            if (sides.ResultHasRows) writer.BranchIf(writer.Emit(Predicate, "setp.eq.s64", entry.rows, "0"), done);
            string[] counts = [PtxWriter.Number(parts), Tiles(sides.Batch, 1), Tiles(sides.M, tile.Rows), Tiles(sides.N, tile.Columns)];
            string[] found = ["0", "0", "0", "0"];
            string rest = block;
            int outermost = Array.FindIndex(counts, count => count != "1");
            for (int axis = counts.Length - 1; axis > System.Math.Max(outermost, 0); axis--)
            {
                if (counts[axis] == "1") continue;
                found[axis] = writer.Remainder(rest, counts[axis]);
                rest = writer.Quotient(rest, counts[axis]);
            }
            writer.BranchIf(writer.Emit(Predicate, "setp.ge.u32", rest, outermost < 0 ? "1" : counts[outermost]), done);
            if (outermost >= 0) found[outermost] = rest;

            batch = Position(sides.Batch, "0", found[1]);
            m = OriginOf(sides.M, found[2], tile.Rows);
            n = OriginOf(sides.N, found[3], tile.Columns);
            return found[0];
        }

        private string Tiles(ContractionSide side, int extent)
        {
            if (!side.HasRows) return PtxWriter.Number((side.Constant + extent - 1) / extent);
            return writer.Emit(Integer32, "cvt.u32.u64", Quotient(writer.Emit(Integer64, "add.s64", entry.Times(entry.rows, PtxWriter.Number(side.Constant)), PtxWriter.Number(extent - 1)), extent));
        }

        private Origin OriginOf(ContractionSide side, string index, int extent)
        {
            if (!side.HasRows)
            {
                string rest = Scaled(index, extent);
                if (side.Constant % extent == 0) return new("0", rest, null);
                if (rest == "0") return new("0", rest, PtxWriter.Number(System.Math.Min(side.Constant, extent)));
                string beyondFirst = writer.Emit(Integer32, "sub.s32", PtxWriter.Number(side.Constant), rest);
                return new("0", rest, writer.Emit(Integer32, "min.s32", beyondFirst, PtxWriter.Number(extent)));
            }
            string begin = writer.Emit(Integer64, "mul.wide.u32", index, PtxWriter.Number(extent));
            string beyond = writer.Emit(Integer64, "sub.s64", entry.Times(entry.rows, PtxWriter.Number(side.Constant)), begin);
            string limit = writer.Emit(Integer32, "cvt.u32.u64", writer.Emit(Integer64, "min.s64", beyond, PtxWriter.Number(extent)));
            return side.Inner == 1 ? new(begin, "0", limit)
                : new(Quotient(begin, side.Inner), writer.Emit(Integer32, "cvt.u32.u64", Remainder(begin, side.Inner)), limit);
        }

        /// <summary>The steps of Depth terms that the block does: from, to, and how many terms the last of all steps has where it has fewer.</summary>
        private DepthRange Steps(string part)
        {
            var k = sides.K;
            string steps, whole, tail;
            if (k.HasRows)
            {
                string terms = entry.Times(entry.rows, PtxWriter.Number(k.Constant));
                bool isWhole = k.Constant % tile.Depth == 0;
                whole = writer.Emit(Integer32, "cvt.u32.u64", Quotient(terms, tile.Depth));
                steps = isWhole ? whole : writer.Emit(Integer32, "cvt.u32.u64", Quotient(writer.Emit(Integer64, "add.s64", terms, PtxWriter.Number(tile.Depth - 1)), tile.Depth));
                tail = isWhole ? "0" : writer.Emit(Integer32, "cvt.u32.u64", Remainder(terms, tile.Depth));
            }
            else
            {
                steps = PtxWriter.Number((k.Constant + tile.Depth - 1) / tile.Depth);
                whole = PtxWriter.Number(k.Constant / tile.Depth);
                tail = PtxWriter.Number(k.Constant % tile.Depth);
            }
            if (parts == 1) return new("0", steps, whole, tail);
            string share = k.HasRows ? Quotient(writer.Emit(Integer32, "add.u32", steps, PtxWriter.Number(parts - 1)), parts)
                : PtxWriter.Number((((k.Constant + tile.Depth - 1) / tile.Depth) + parts - 1) / parts);
            string first = writer.Emit(Integer32, "mul.lo.u32", part, share);
            return new(first, writer.Emit(Integer32, "min.u32", writer.Emit(Integer32, "add.u32", first, share), steps), whole, tail);
        }

        private sealed record DepthRange(string First, string End, string Whole, string Tail);

        /// <summary>The sums, in the order of K. What a step reads was written before its barrier; what it writes, into the other copy, nobody reads before the next.</summary>
        private void Multiply(string[] sums, Operand left, Operand right, DepthRange steps, int stage)
        {
            string again = writer.Label("step"), loaded = writer.Label("loaded"), finished = writer.Label("finished");
            string step = writer.Emit(Integer32, "mov.u32", steps.First);
            writer.BranchIf(writer.Emit(Predicate, "setp.ge.u32", step, steps.End), finished);
            left.Begin(steps.First, sharedOffset: 0);
            right.Begin(steps.First, sharedOffset: left.SharedBytes);
            Load(step);
            left.Store();
            right.Store();
            writer.Do("bar.sync", "0");
            string flip = writer.Emit(Integer32, "mov.u32", PtxWriter.Number(stage));

            writer.Place(again);
            writer.Do("add.u32", step, step, "1");
            string isLast = writer.Emit(Predicate, "setp.ge.u32", step, steps.End);
            writer.BranchIf(isLast, loaded);
            left.Advance();
            right.Advance();
            Load(step);
            writer.Place(loaded);
            products.Add(sums, left, right);
            writer.BranchIf(isLast, finished);
            left.Flip(flip);
            right.Flip(flip);
            writer.Do("neg.s32", flip, flip);
            left.Store();
            right.Store();
            writer.Do("bar.sync", "0");
            writer.Do("bra", again);
            writer.Place(finished);

            void Load(string now)
            {
                string? limit = null;
                if (steps.Tail != "0")
                    limit = writer.Emit(Integer32, "selp.b32", steps.Tail, PtxWriter.Number(tile.Depth), writer.Emit(Predicate, "setp.eq.u32", now, steps.Whole));
                left.Load(limit);
                right.Load(limit);
            }
        }
    }
}
