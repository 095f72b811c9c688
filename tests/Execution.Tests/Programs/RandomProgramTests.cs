using System.Globalization;
using DlGen.Lowering;
using DlGen.Tests.Compiling;
using Xunit.Abstractions;

namespace DlGen.Tests.Programs;

/// <summary>
/// Random models, compiled once and run per instruction set in child processes, each held against the oracle.
/// DLGEN_RANDOM_PROGRAMS says how many (36 unless stated), DLGEN_RANDOM_SEED where their seeds begin (1); a failure names the seed.
/// </summary>
public class RandomProgramTests(ITestOutputHelper output)
{
    /// <summary>The last is several shards and a tail.</summary>
    private static readonly int[] Rows = [1, 3, 24];

    private static int Count => Setting("DLGEN_RANDOM_PROGRAMS", 36);

    private static int FirstSeed => Setting("DLGEN_RANDOM_SEED", 1);

    [Fact]
    public void Random_models_agree_with_the_oracle_on_every_instruction_set()
    {
        int[] seeds = [.. Enumerable.Range(FirstSeed, Count)];
        var models = Compile(seeds);
        var histogram = new OpHistogram();
        var cases = new List<(string Model, ModelValues Values)>();
        foreach (int seed in seeds)
        {
            var model = models[RandomModel.ClassName(seed)];
            histogram.Add(Differentiate.LossByParameters(model.Declaration.Training!));
            cases.Add((model.Name, ModelValues.Draw(model, Rows[seed % Rows.Length], seed)));
        }
        output.WriteLine(histogram.ToString());
        foreach (var (model, values) in cases) StepByStepTests.Check(models[model], values);
        var expected = cases.Select(c => AgainstOracle.Expected(models[c.Model], c.Values, RandomDraws.Of(models[c.Model].Declaration, c.Values.Rows, ChildProcess.Seed, step: 0))).ToList();

        foreach (var (setting, accelerated) in ChildProcess.InstructionSets())
        {
            var (hardware, results) = ChildProcess.Compute(models, cases, setting);
            Assert.Equal(accelerated, hardware);
            for (int i = 0; i < cases.Count; i++)
                AgainstOracle.Compare($"{cases[i].Model}, {cases[i].Values.Rows} rows, {setting ?? "all instruction sets"}", models[cases[i].Model], expected[i], results[i], mayVanish: true);
        }
        if (Count >= 300) Assert.Empty(histogram.RarerThan(20));
    }

    [Fact]
    public void The_same_seed_gives_the_same_program() => Assert.Equal(RandomModel.Source(7), RandomModel.Source(7));

    /// <summary>All at once; where that fails, one by one, to say which seeds are to blame.</summary>
    private static CompiledModels Compile(int[] seeds)
    {
        try
        {
            return CompiledModels.From([.. seeds.Select(RandomModel.Source)]);
        }
        catch (InvalidOperationException)
        {
            var failures = seeds.Select(seed => (Seed: seed, Failure: Record.Exception(() => CompiledModels.From(RandomModel.Source(seed))))).Where(f => f.Failure is not null);
            Assert.Fail(string.Join("\n\n", failures.Select(f => $"seed {f.Seed}: {f.Failure!.Message.Split('\n')[0]}\n{RandomModel.Source(f.Seed)}")));
            throw;
        }
    }

    private static int Setting(string name, int otherwise)
        => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
