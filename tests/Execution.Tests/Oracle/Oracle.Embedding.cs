namespace DlGen.Tests.Oracles;

internal sealed partial class Oracle
{
    /// <summary>Entry ids(i) of the table, for every position i of the ids.</summary>
    private DualTensor Gather(DualTensor table, DualTensor ids)
    {
        var result = new DualTensor([.. ids.Extents, .. table.Extents[1..]], rows, table.PerRow || ids.PerRow, table.IsActive);
        int held = table.Count / table.Extents[0];
        for (int row = 0; row < result.Rows; row++)
        {
            for (int i = 0; i < ids.Count; i++)
            {
                int entry = Id(ids, row, i, table.Extents[0]);
                for (int j = 0; j < held; j++) result.Copy(result.RowStart(row) + (i * held) + j, table, table.RowStart(row) + (entry * held) + j);
            }
        }
        return result;
    }

    /// <summary>Every value goes to the entry that its id names.</summary>
    private DualTensor ScatterAdd(int count, DualTensor values, DualTensor ids)
    {
        if (values.Rank < ids.Rank || !values.Extents.AsSpan(0, ids.Rank).SequenceEqual(ids.Extents)) throw new OracleException("the values do not begin with the extents of the ids");
        var result = new DualTensor([count, .. values.Extents[ids.Rank..]], rows, perRow: false, values.IsActive);
        int held = result.Count / count;
        for (int row = 0; row < rows; row++)
        {
            for (int i = 0; i < ids.Count; i++)
            {
                int entry = Id(ids, row, i, count);
                for (int j = 0; j < held; j++)
                {
                    int target = (entry * held) + j, source = values.RowStart(row) + (i * held) + j;
                    result.Values[target] += values.Values[source];
                    result.AddTangents(target, values, source, 1);
                }
            }
        }
        return result;
    }

    private static int Id(DualTensor ids, int row, int position, int count)
    {
        double id = ids.Values[ids.RowStart(row) + position];
        return id == Math.Floor(id) && id >= 0 && id < count ? (int)id : throw new OracleException($"{id} is no id of {count} entries");
    }
}
