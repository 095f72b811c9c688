using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    /// <summary>
    /// The tile's end. Sums go through shared memory, slice by slice, so that the epilogue stands once in the text whatever a thread's results are, has registers of its own, and
    /// neighbouring threads load and store neighbouring columns.
    /// </summary>
    private sealed partial class TileContraction
    {
        /// <summary>Longer epilogues are not repeated for the columns of a thread.</summary>
        private const int ShortBody = 12;

        private int SliceRows => tile.Rows / products.Slices;

        private int SlicePitch => tile.Columns + products.SlicePadding;

        private int SliceBytes => SliceRows * SlicePitch * size;

        private void StoreTile(string[] sums)
        {
            var addresses = kernel.Epilogue.Accesses.SelectMany(WithIds).Distinct().ToDictionary(access => access, Base);
            int lanes = System.Math.Min(tile.Columns, WarpThreads);
            string write = products.OwnSums();
            string firstRow = Quotient(thread, lanes), lane = Remainder(thread, lanes);
            string read = SliceAddress(firstRow, SlicePitch, lane, 1);
            for (int slice = 0; slice < products.Slices; slice++)
            {
                // Before the first one the tile ended with a barrier.
                if (slice > 0) writer.Do("bar.sync", "0");
                products.WriteSlice(sums, slice, write);
                writer.Do("bar.sync", "0");
                StoreSlice(slice, addresses, read, firstRow, lane, lanes);
            }
        }

        private static IEnumerable<Access> WithIds(Access access) => access.Id is null ? [access] : [access, access.Id.Ids];

        private string SliceAddress(string row, int rowElements, string column, int columnElements)
            => Sum(shared, Sum(Scaled(row, rowElements * size), Scaled(column, columnElements * size)));

        private void StoreSlice(int slice, Dictionary<Access, string> addresses, string read, string firstRow, string lane, int lanes)
        {
            int rowsAtOnce = tile.Threads / lanes;
            string again = writer.Label("row"), end = writer.Label("slice");
            string row = writer.Emit(Integer32, "mov.u32", firstRow), address = writer.Emit(Integer32, "mov.u32", read);
            writer.Place(again);
            string local = slice == 0 ? row : writer.Emit(Integer32, "add.u32", row, PtxWriter.Number(slice * SliceRows));
            if (m.Limit is not null) writer.BranchIf(writer.Emit(Predicate, "setp.ge.s32", local, m.Limit), end);
            string[] rowPosition = Position(sides.M, m.Rest, local);
            var rowAddresses = addresses.ToDictionary(access => access.Key, access => Along(access.Key, sides.M, rowPosition, access.Value));
            StoreRow(rowAddresses, rowPosition, address, lane, lanes);
            writer.Do("add.u32", row, row, PtxWriter.Number(rowsAtOnce));
            writer.Do("add.u32", address, address, PtxWriter.Number(rowsAtOnce * SlicePitch * size));
            writer.BranchIf(writer.Emit(Predicate, "setp.lt.u32", row, PtxWriter.Number(SliceRows)), again);
            writer.Place(end);
        }

        private void StoreRow(Dictionary<Access, string> addresses, string[] row, string sums, string lane, int lanes)
        {
            int columns = tile.Columns / lanes;
            if (columns > 1 && kernel.Epilogue.Code.Count > ShortBody)
            {
                string again = writer.Label("column");
                string column = writer.Emit(Integer32, "mov.u32", lane), sum = writer.Emit(Integer32, "mov.u32", sums);
                writer.Place(again);
                StoreElement(addresses, row, column, At(sum, 0));
                writer.Do("add.u32", column, column, PtxWriter.Number(lanes));
                writer.Do("add.u32", sum, sum, PtxWriter.Number(lanes * size));
                writer.BranchIf(writer.Emit(Predicate, "setp.lt.u32", column, PtxWriter.Number(tile.Columns)), again);
                return;
            }
            for (int i = 0; i < columns; i++)
                StoreElement(addresses, row, i == 0 ? lane : writer.Emit(Integer32, "add.u32", lane, PtxWriter.Number(i * lanes)), At(sums, i * lanes * size));
        }

        private void StoreElement(Dictionary<Access, string> addresses, string[] row, string local, string sum)
        {
            string beyond = writer.Label("beyond");
            if (n.Limit is not null) writer.BranchIf(writer.Emit(Predicate, "setp.ge.s32", local, n.Limit), beyond);
            string[] column = Position(sides.N, n.Rest, local);
            var math = entry.math;
            var values = new PtxBody(kernel.Epilogue, math, code => code.Op switch
            {
                BodyOp.Load => entry.Load(kernel.Epilogue.Accesses[code.A].Buffer, Place(kernel.Epilogue.Accesses[code.A])),
                BodyOp.Accumulator => writer.Emit(math.Kind, "ld.shared." + math.Type, sum),
                _ => entry.IndexAsNumber(IndexOf(code.A, row, column)),
            });
            values.Compute([.. kernel.Epilogue.Stores.Select(store => store.Value)]);
            foreach (var store in kernel.Epilogue.Stores) entry.Store(kernel.Epilogue.Accesses[store.Access].Buffer, Place(kernel.Epilogue.Accesses[store.Access]), values.Number(store.Value));
            writer.Place(beyond);

            string Place(Access access)
            {
                string address = Along(access, sides.N, column, addresses[access]);
                if (access.Id is { } indirection)
                {
                    string id = writer.Emit(Integer32, "ld.global.s32", Place(indirection.Ids));
                    int bytes = entry.BytesPerElement(access.Buffer);
                    address = indirection.IsPanelled
                        ? Step(Step(address, Quotient(id, access.PanelWidth), (long)access.PanelStride * bytes), Remainder(id, access.PanelWidth), bytes)
                        : Step(address, id, (long)indirection.Stride * bytes);
                }
                return At(address, 0);
            }
        }

        /// <summary>The index of an axis of the result, of 64 bits.</summary>
        private string IndexOf(int axis, string[] row, string[] column)
        {
            foreach (var (side, position, origin) in new[] { (sides.Batch, batch, Origin.None), (sides.M, row, m), (sides.N, column, n) })
            {
                int at = side.Axes.ToList().IndexOf(axis);
                if (at < 0) continue;
                string index = Wide(position[at]);
                return at > 0 || origin.First == "0" ? index : writer.Emit(Integer64, "add.s64", index, origin.First);
            }
            return "0";
        }
    }
}
