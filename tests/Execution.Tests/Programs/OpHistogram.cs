using System.Globalization;
using System.Text;
using DlGen.Graphs;

namespace DlGen.Tests.Programs;

/// <summary>How often each op, and each op after another, occurred: random programs that never produce a pair don't test its fusion.</summary>
internal sealed class OpHistogram
{
    private readonly SortedDictionary<string, int> ops = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> pairs = new(StringComparer.Ordinal);

    public int Pairs => pairs.Count;

    /// <summary>The ops, all that there are, which occurred less often.</summary>
    public IEnumerable<string> RarerThan(int count)
        => typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract).Select(t => t.Name.Replace("Op", "", StringComparison.Ordinal)).Where(name => ops.GetValueOrDefault(name) < count);

    public void Add(Graph graph)
    {
        foreach (var node in graph.Nodes)
        {
            Count(ops, node.Op.GetType().Name.Replace("Op", "", StringComparison.Ordinal));
            if (node.Op is Ops.ScanOp scan) Add(scan.Body);
            foreach (int operand in node.Operands) Count(pairs, graph[operand].Op.Name + " → " + node.Op.Name);
        }
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (title, counts) in new[] { ("ops", ops), ("producer → consumer", pairs) })
        {
            text.AppendLine(title);
            foreach (var (name, count) in counts.OrderByDescending(p => p.Value)) text.AppendLine(string.Create(CultureInfo.InvariantCulture, $"{count,8} {name}"));
        }
        return text.ToString();
    }

    private static void Count(SortedDictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;
}
