using System.Reflection;
using DlGen.Tests.Compiling;

namespace DlGen.Tests.Programs;

/// <summary>R, the rows of a shard: a constant of the model which its definition holds; batches around it are where tails and shards meet.</summary>
internal static class ShardRows
{
    /// <summary>1, R - 1, R, R + 1, 3R + 7: one row, a tail, a whole shard, a shard and one row, and several shards with a tail.</summary>
    public static int[] Edges(CompiledModel model)
    {
        int shard = Of(model);
        return [.. new[] { 1, shard - 1, shard, shard + 1, (3 * shard) + 7 }.Where(rows => rows > 0).Distinct()];
    }

    /// <summary>Found by reflection: the network's definition is no part of the public surface.</summary>
    public static int Of(CompiledModel model)
    {
        var instance = model.Create().Model;
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public;
        foreach (var value in new[] { instance }.Concat(instance.GetType().GetFields(Own).Select(f => f.GetValue(instance))).OfType<object>())
        {
            foreach (var field in value.GetType().GetFields(Own))
                if (field.GetValue(value) is { } definition && definition.GetType().GetProperty("ShardRows")?.GetValue(definition) is int rows) return rows;
        }
        throw new InvalidOperationException($"{model.Name} holds no network definition");
    }
}
