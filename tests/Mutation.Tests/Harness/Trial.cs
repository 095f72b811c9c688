using System.Globalization;
using DlGen.Emission;
using DlGen.Tests.Compiling;
using DlGen.Tests.Programs;
using Xunit.Sdk;

namespace DlGen.Tests.Mutation;

/// <summary>
/// The check that mutants go through: a set of models, each at rows around the edges of its shards, against the oracle's interpretation of what the
/// generator as it is reads. Values and expectations are computed once.
/// </summary>
internal sealed class Trial
{
    /// <summary>The results that count are those of a child's second step: random numbers are drawn for it.</summary>
    private const ulong Step = 1;

    private readonly bool plain;
    private readonly List<Round> rounds;

    private Trial(bool plain, params string[][] rounds)
    {
        this.plain = plain;
        this.rounds = [.. rounds.Select(Prepare)];
    }

    /// <summary>Some of the models: most mutants are found by the first of them, which spares compiling the others.</summary>
    private sealed record Round(ModelCompilation Models, List<(CompiledModel Model, ModelValues Values, ModelResult Expected)> Cases);

    /// <summary>Every way in which values can flow, printed as plain loops: reading, gradients, lowering and memory, at a tenth of the text.</summary>
    public static Lazy<Trial> OfLowering { get; } = new(() => new Trial(plain: true, TrialModels.Corners, TrialModels.Flows));

    /// <summary>Networks of ids, printed as plain loops.</summary>
    public static Lazy<Trial> OfIds { get; } = new(() => new Trial(plain: true, TrialModels.Ids));

    /// <summary>Recurrences, printed as plain loops.</summary>
    public static Lazy<Trial> OfRecurrences { get; } = new(() => new Trial(plain: true, TrialModels.Recurrences));

    /// <summary>What ships, in both precisions, on a few models whose extents leave tails everywhere.</summary>
    public static Lazy<Trial> OfTemplates { get; } = new(() => new Trial(plain: false, TrialModels.Tails));

    /// <summary>As the lowering's, on networks of images alone.</summary>
    public static Lazy<Trial> OfWindows { get; } = new(() => new Trial(plain: true, TrialModels.Windows));

    /// <summary>As the templates', on Winograd's products alone.</summary>
    public static Lazy<Trial> OfWinograd { get; } = new(() => new Trial(plain: false, TrialModels.Winograd));

    /// <summary>As the templates', on images whose channels come first.</summary>
    public static Lazy<Trial> OfImageOrder { get; } = new(() => new Trial(plain: false, TrialModels.ImageOrder));

    /// <summary>As the templates', on images with zeros around them.</summary>
    public static Lazy<Trial> OfBorders { get; } = new(() => new Trial(plain: false, TrialModels.Borders));

    /// <summary>As the lowering's, on attention alone.</summary>
    public static Lazy<Trial> OfAttention { get; } = new(() => new Trial(plain: true, TrialModels.Attentions));

    /// <summary>As the templates', on attention over several blocks of queries and keys.</summary>
    public static Lazy<Trial> OfAttentionBlocks { get; } = new(() => new Trial(plain: false, TrialModels.AttentionBlocks));

    /// <summary>Networks that run step by step, as they ship.</summary>
    public static Lazy<Trial> OfSteps { get; } = new(() => new Trial(plain: false, TrialModels.Steps));

    /// <summary>Networks that run step by step along the last of several inputs.</summary>
    public static Lazy<Trial> OfGivenSteps { get; } = new(() => new Trial(plain: false, TrialModels.GivenSteps));

    /// <summary>How the fault shows, or null if it does not.</summary>
    public string? Find(Mutant? mutant)
    {
        var generator = new MutatedGenerator(GeneratorSources.Compile(mutant));
        return rounds.Select(round => Find(generator, round)).FirstOrDefault(how => how is not null);
    }

    private static Round Prepare(string[] sources)
    {
        var reference = CompiledModels.From(new EmitOptions(Plain: true), sources);
        return new Round(new ModelCompilation(sources, [.. reference.All]), [.. reference.All
            .SelectMany(m => ShardRows.Edges(m).Select(rows => (Model: m, Values: ModelValues.Draw(m, rows, seed: rows))))
            .AsParallel().AsOrdered().Select(c => (c.Model, c.Values, AgainstOracle.Expected(c.Model, c.Values, RandomDraws.Of(c.Model.Declaration, c.Values.Rows, Child.Seed, Step))))]);
    }

    private string? Find(MutatedGenerator generator, Round round)
    {
        byte[] image;
        try
        {
            image = round.Models.Complete(generator, plain);
        }
        catch (Exception failure)
        {
            return $"{failure.GetType().Name}: {failure.Message.Split('\n')[0]}";
        }
        var (results, message) = Child.Run(image, [.. round.Cases.Select(c => (c.Model.Name, c.Values))]);
        if (results is null) return message;
        try
        {
            foreach (var ((model, values, expected), actual) in round.Cases.Zip(results))
                AgainstOracle.Compare(string.Create(CultureInfo.InvariantCulture, $"{model.Name}, {values.Rows} rows"), model, expected, actual);
            return null;
        }
        catch (XunitException difference)
        {
            return difference.Message.Split('\n')[0];
        }
    }
}
