using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    private sealed partial class TileContraction
    {
        /// <summary>
        /// One operand's way from memory through registers into shared memory, where a term's positions lie side by side. Neighbouring threads read what lies side by side in memory: positions
        /// of one term, or terms of one position; 16 bytes at once where all strides allow it and the buffer, as the block finds out once, begins on such a boundary.
        /// </summary>
        private sealed class Operand
        {
            private readonly TileContraction block;
            private readonly bool isLeft;
            private readonly PtxWriter writer;
            private readonly TileProducts products;
            private readonly Access access;
            private readonly ContractionSide side;
            private readonly Origin origin;
            private readonly int extent;

            /// <summary>Elements that a thread loads at once, and whether these and those of neighbouring threads are terms.</summary>
            private readonly int together;
            private readonly bool alongTerms;

            /// <summary>Loads that have neighbouring terms, which share elements of shared memory.</summary>
            private readonly int neighbours;

            /// <summary>How often a thread has such loads, and how many positions or terms these lie apart.</summary>
            private readonly int loads;
            private readonly int apart;

            private readonly string[][] values;
            private readonly string position;
            private readonly string depth;
            private string[] pointers = [];
            private string? aligned;
            private string? unaligned;

            /// <summary>Where K has several axes: the thread's term, of a row where K begins with the rows.</summary>
            private string term = "0";
            private string storeAddress = "";
            private string fragmentAddress = "";

            public Operand(TileContraction block, bool isLeft)
            {
                (this.block, writer, this.isLeft) = (block, block.writer, isLeft);
                (products, access, side, origin, extent) = isLeft ? (block.products, block.kernel.Left, block.sides.M, block.m, block.tile.Rows) : (block.products, block.kernel.Right, block.sides.N, block.n, block.tile.Columns);
                int elements = extent * block.tile.Depth, threads = block.tile.Threads, shared = products.TermsOfElement;
                bool vectorAcross = elements / (block.vector * shared) >= threads && block.sides.HasVectors(access, side, block.vector);
                bool vectorAlong = elements / block.vector >= threads && !vectorAcross && block.sides.HasVectorsOfTerms(access, side, block.vector);
                together = vectorAcross || vectorAlong ? block.vector : 1;
                alongTerms = vectorAlong || (!vectorAcross && StrideAlong() < StrideAcross());
                neighbours = vectorAlong ? 1 : shared;
                loads = elements / (together * neighbours) / threads;
                int lanes = alongTerms ? block.tile.Depth / (together * neighbours) : extent / together;
                apart = threads / lanes * (alongTerms ? 1 : neighbours);
                string inLane = block.Scaled(block.Remainder(block.thread, lanes), alongTerms ? together * neighbours : together);
                string outside = block.Scaled(block.Quotient(block.thread, lanes), alongTerms ? 1 : neighbours);
                (position, depth) = alongTerms ? (outside, inLane) : (inLane, outside);
                values = [.. Enumerable.Range(0, loads).Select(_ => Enumerable.Range(0, together * neighbours).Select(_ => writer.Register(block.entry.math.Kind)).ToArray())];
            }

            /// <summary>The positions of the tile.</summary>
            public int Extent => extent;

            public int SharedBytes => products.Before(block.tile.Depth, extent) * block.size;

            private ContractionSide K => block.sides.K;

            /// <summary>Whether a term's place must be made of the indices of several axes: the operand's steps along them are not those of one.</summary>
            private bool HasTermIndex => Enumerable.Range(1, System.Math.Max(0, K.Axes.Count - 1)).Any(i => !access.WalksAsOne(K.Axes[i - 1], K.Axes[i], K.Extents[i].Constant));

            /// <summary>From a term to the next, where it has none.</summary>
            private long TermBytes => StepBytes(K.Axes.Count - 1);

            private long StrideAcross() => side.Axes.Count == 0 ? long.MaxValue : Stride(side.Axes[side.Axes.Count - 1]);

            private long StrideAlong() => K.Axes.Count == 0 ? long.MaxValue : Stride(K.Axes[K.Axes.Count - 1]);

            private long Stride(int axis) => axis == access.PanelAxis ? 1 : access.Strides[axis] == 0 ? long.MaxValue : System.Math.Abs((long)access.Strides[axis]);

            /// <summary>Addresses of the first step.</summary>
            public void Begin(string firstStep, int sharedOffset)
            {
                string address = block.Base(access);
                if (together > 1)
                {
                    aligned = writer.Emit(Predicate, "setp.eq.s64", writer.Emit(Integer64, "and.b64", block.entry.buffers[access.Buffer], "15"), "0");
                    unaligned = writer.Emit(Predicate, "not.pred", aligned);
                }
                string term0 = block.Sum(block.Scaled(firstStep, block.tile.Depth), depth);
                if (!HasTermIndex)
                {
                    address = K.HasRows && firstStep != "0"
                        ? writer.Emit(Integer64, "mad.lo.s64", writer.Emit(Integer64, "mad.wide.u32", firstStep, PtxWriter.Number(block.tile.Depth), writer.Emit(Integer64, "cvt.u64.u32", depth)), PtxWriter.Number(TermBytes), address)
                        : K.Axes.Count == 0 ? address : block.Step(address, term0, TermBytes);
                }
                else if (K.HasRows)
                {
                    string wide = writer.Emit(Integer64, "cvt.u64.u32", depth);
                    if (firstStep != "0") wide = writer.Emit(Integer64, "mad.wide.u32", firstStep, PtxWriter.Number(block.tile.Depth), wide);
                    address = writer.Emit(Integer64, "mad.lo.s64", block.Quotient(wide, K.Inner), PtxWriter.Number(StepBytes(0)), address);
                    term = writer.Emit(Integer32, "cvt.u32.u64", block.Remainder(wide, K.Inner));
                }
                else
                {
                    term = writer.Emit(Integer32, "mov.u32", term0);
                }
                pointers = [.. Enumerable.Range(0, alongTerms ? loads : 1).Select(load => writer.Emit(Integer64, "mov.b64", block.Along(access, side, block.Position(side, origin.Rest, Existing(load)), address)))];

                storeAddress = Shared(block.Sum(products.Before(depth, extent), position), sharedOffset);
                fragmentAddress = Shared(products.OwnElement(isLeft), sharedOffset);
            }

            private string Shared(string element, int offset)
                => writer.Emit(Integer32, "add.u32", block.Sum(block.shared, block.Scaled(element, block.size)), PtxWriter.Number(offset));

            /// <summary>The position of a load, or the last one that exists.</summary>
            private string Existing(int load)
            {
                string wanted = load == 0 ? position : writer.Emit(Integer32, "add.u32", position, PtxWriter.Number(load * apart));
                int width = alongTerms ? 1 : together;
                return origin.Limit is null ? wanted : writer.Emit(Integer32, "min.s32", wanted, writer.Emit(Integer32, "sub.s32", origin.Limit, PtxWriter.Number(width)));
            }

            private long StepBytes(int axis) => (long)access.Strides[K.Axes[axis]] * block.size;

            /// <summary>To the next step.</summary>
            public void Advance()
            {
                if (K.Axes.Count == 0) return;
                if (!HasTermIndex)
                {
                    foreach (string pointer in pointers) writer.Do("add.s64", pointer, pointer, PtxWriter.Number(TermBytes * block.tile.Depth));
                    return;
                }
                writer.Do("add.u32", term, term, PtxWriter.Number(block.tile.Depth));
                if (!K.HasRows) return;
                if (K.Inner >= block.tile.Depth)
                {
                    // The next row at most.
                    string isNext = writer.Emit(Predicate, "setp.ge.u32", term, PtxWriter.Number(K.Inner));
                    writer.Do($"@{isNext} sub.u32", term, term, PtxWriter.Number(K.Inner));
                    foreach (string pointer in pointers) writer.Do($"@{isNext} add.s64", pointer, pointer, PtxWriter.Number(StepBytes(0)));
                    return;
                }
                string further = block.Quotient(term, K.Inner);
                writer.Do("mov.b32", term, block.Remainder(term, K.Inner));
                foreach (string pointer in pointers) writer.Do("mov.b64", pointer, block.Step(pointer, further, StepBytes(0)));
            }

            /// <summary>Into registers; terms beyond the limit are zeros.</summary>
            public void Load(string? limit)
            {
                string?[] exists = new string?[neighbours];
                for (int load = 0; load < loads; load++)
                {
                    for (int neighbour = 0; neighbour < neighbours; neighbour++)
                    {
                        int ahead = (alongTerms ? 0 : load * apart) + neighbour;
                        if (limit is not null && (load == 0 || !alongTerms))
                            exists[neighbour] = writer.Emit(Predicate, "setp.lt.s32", ahead == 0 ? depth : writer.Emit(Integer32, "add.u32", depth, PtxWriter.Number(ahead)), limit);
                        var (address, bytes) = Address(load, ahead);
                        Load([.. values[load].Skip(neighbour * together).Take(together)], address, bytes, exists[neighbour]);
                    }
                }
            }

            private (string Address, long Bytes) Address(int load, int ahead)
            {
                string pointer = pointers[alongTerms ? load : 0];
                if (K.Axes.Count == 0) return (pointer, 0);
                if (!HasTermIndex)
                {
                    long bytes = ahead * TermBytes;
                    return bytes == (int)bytes ? (pointer, bytes) : (block.Step(pointer, PtxWriter.Number(ahead), TermBytes), 0);
                }
                string now = ahead == 0 ? term : writer.Emit(Integer32, "add.u32", term, PtxWriter.Number(ahead));
                string[] indices = block.Position(K, "0", now);
                // The pointer is at the row of the thread's term.
                if (K.HasRows && ahead == 0) indices[0] = "0";
                return (block.Along(access, K, indices, pointer), 0);
            }

            private void Load(string[] registers, string address, long bytes, string? exists)
            {
                var math = block.entry.math;
                if (exists is not null) foreach (string register in registers) math.Assign(register, math.Constant(0));
                string Guard(string? condition) => condition is null ? "" : $"@{condition} ";
                string? Both(string? x, string? y) => x is null ? y : y is null ? x : math.And(x, y);
                if (together > 1) writer.Do($"{Guard(Both(aligned, exists))}ld.global.v{PtxWriter.Number(together)}.{math.Type}", Vector(registers), At(address, bytes));
                string scalar = Guard(Both(unaligned, exists));
                for (int i = 0; i < together; i++) writer.Do($"{scalar}ld.global.{math.Type}", registers[i], At(address, bytes + (i * block.size)));
            }

            /// <summary>From registers into shared memory.</summary>
            public void Store()
            {
                string type = products.Type;
                int shared = products.TermsOfElement;
                for (int load = 0; load < loads; load++)
                {
                    int bytes = (alongTerms ? load * apart : products.Before(load * apart, extent)) * block.size;
                    if (together > 1 && !alongTerms)
                    {
                        var elements = Enumerable.Range(0, together).Select(i => products.Element([.. Enumerable.Range(0, neighbours).Select(term => values[load][(term * together) + i])])).ToList();
                        writer.Do($"st.shared.v{PtxWriter.Number(together)}.{type}", At(storeAddress, bytes), Vector(elements));
                        continue;
                    }
                    for (int term = 0; term < together * neighbours; term += shared)
                        writer.Do($"st.shared.{type}", At(storeAddress, bytes + (products.Before(term, extent) * block.size)), products.Element([.. values[load].Skip(term).Take(shared)]));
                }
            }

            /// <summary>To the other copy.</summary>
            public void Flip(string bytes)
            {
                writer.Do("add.u32", storeAddress, storeAddress, bytes);
                writer.Do("add.u32", fragmentAddress, fragmentAddress, bytes);
            }

            /// <summary>Where a term of a position lies, counted from the thread's own.</summary>
            public string Own(int term, int position) => At(fragmentAddress, (products.Before(term, extent) + position) * block.size);
        }
    }
}
