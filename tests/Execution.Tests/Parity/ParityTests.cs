using DlGen.Graphs;
using DlGen.Layers;
using DlGen.Ops;
using DlGen.Reading;
using DlGen.Tests.Compiling;
using DlGen.Tests.Oracles;

namespace DlGen.Tests.Parity;

/// <summary>
/// Compiled models against PyTorch: prediction, loss, every gradient, then ten optimizer steps. The oracle shares reader and layer definitions with
/// the compiler; PyTorch shares nothing.
/// </summary>
public class ParityTests
{
    private static readonly Lazy<CompiledModels> Models = new(() => CompiledModels.ForThisMachine([.. Chosen.Select(m => ParityModels.Source(m, true)), .. InFloat32.Select(m => ParityModels.Source(m, false))]));

    private static readonly Lazy<Dictionary<string, Declaration>> Declarations = new(() => CompiledModels.Read([.. Chosen.Select(m => ParityModels.Source(m, true))]).ToDictionary(CompiledModels.FullName));

    public static TheoryData<string> Names => [.. Chosen.Select(m => m.Name)];

    private static IEnumerable<ParityModel> Chosen => ParityModels.All.Where(m => ChosenModels.Include(m.Name));

    public static TheoryData<string> NamesInFloat32 => [.. InFloat32.Select(m => m.Name)];

    /// <summary>Every other one: what is a layer's own stands in its graph, which Float64 sees, and every function and template in Float32 has tests of its own.</summary>
    private static IEnumerable<ParityModel> InFloat32 => Chosen.Where((_, i) => Precisions.All || i % 2 == 0);

    [Theory]
    [MemberData(nameof(Names))]
    public void Float64_agrees_with_PyTorch(string name) => Check(ParityModels.All.Single(m => m.Name == name), float64: true);

    [Theory]
    [MemberData(nameof(NamesInFloat32))]
    public void Float32_agrees_with_PyTorch(string name) => Check(ParityModels.All.Single(m => m.Name == name), float64: false);

    /// <summary>Reader and layer definitions alone, without a backend: what fails here is a layer's composition.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void The_oracle_agrees_with_PyTorch(string name)
    {
        var model = ParityModels.All.Single(m => m.Name == name);
        var declaration = Declarations.Value[ParityModels.ClassName(model, float64: true)];
        Assert.Null(declaration.Error);
        var fixture = Fixture.Read(name, float64: true);
        var variables = Variables(declaration, fixture);
        var input = declaration.Training!.Nodes.Select(n => n.Op).OfType<InputOp>().First(op => !op.IsTarget);
        var values = new OracleInputs(variables[input.Variable].Length / input.Extents.Count, variables, fixture.Parameters.ToDictionary(p => p, p => fixture["start/" + p]));

        Comparison.Close("prediction", Predictions(declaration, fixture), Oracle.Evaluate(declaration.Prediction!, values).Predictions, Comparison.Float64);
        var training = Oracle.Differentiate(declaration.Training, values);
        Comparison.Close("loss", fixture["loss"], [training.Loss], Comparison.Float64);
        foreach (string parameter in fixture.Trained)
            Comparison.CloseGradient("gradient of " + parameter, fixture["gradient/" + parameter], training.Gradients[parameter], Comparison.Float64);
    }

    /// <summary>A layer, loss or optimizer without a twin is none of the catalogue. Those with random numbers of their own are compared by the oracle, and Lion is nowhere in PyTorch.</summary>
    [Fact]
    public void Everything_in_the_catalogue_has_a_twin()
    {
        string models = string.Join("\n", ParityModels.All.Select(m => m.Attributes + "\n" + m.Body));
        var names = Catalogue.Layers.Keys.Concat(Catalogue.Losses.Keys).Except(["Dropout", "Dropout2d", "GaussianNoise"]);
        Assert.All(names, name => Assert.Matches($@"\b{name}\b", models));
        var used = ParityModels.All.Select(m => m.Optimizer().GetType().Name).Distinct();
        var kinds = typeof(Optimizer).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Optimizer))).Select(t => t.Name);
        Assert.Equal(kinds.Except(["Lion"]).Order(StringComparer.Ordinal), used.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_fixtures_are_those_of_the_script()
    {
        Assert.StartsWith(Fixture.ScriptHash() + " ", File.ReadAllText(Path.Combine(Fixture.Folder, "made_by.sha256")), StringComparison.Ordinal);
        var files = ParityModels.All.SelectMany(m => new[] { m.Name + ".Float32.safetensors", m.Name + ".Float64.safetensors" });
        Assert.Equal(files.Order(StringComparer.Ordinal), Directory.GetFiles(Fixture.Folder, "*.safetensors").Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal));
    }

    private static Dictionary<string, double[]> Variables(Declaration declaration, Fixture fixture)
        => declaration.Training!.Nodes.Select(n => n.Op).OfType<InputOp>().ToDictionary(op => op.Variable, op => fixture.Of(op.IsTarget ? "target" : "input", op.Variable));

    private static Dictionary<string, double[]> Predictions(Declaration declaration, Fixture fixture)
        => declaration.Prediction!.Outputs.Where(o => o.Role == OutputRole.Prediction).ToDictionary(o => o.Name, o => fixture.Of("prediction", o.Name));

    private static void Check(ParityModel model, bool float64)
    {
        var fixture = Fixture.Read(model.Name, float64);
        var compiled = Models.Value[ParityModels.ClassName(model, float64)];
        var driver = compiled.Create();
        double tolerance = float64 ? Comparison.Float64 : Comparison.Float32(model.LargestSum);

        var parameters = driver.Model.Parameters;
        Assert.Equal(fixture.Parameters.Order(StringComparer.Ordinal), parameters.Select(p => p.Name).Order(StringComparer.Ordinal));
        foreach (var parameter in parameters) parameter.CopyFrom(fixture["start/" + parameter.Name]);

        driver.Bind(Variables(compiled.Declaration, fixture));
        Comparison.Close("prediction", Predictions(compiled.Declaration, fixture), driver.Predict(), tolerance);
        Comparison.Close("loss", fixture["loss"], [driver.ComputeGradients()], tolerance);
        foreach (string name in fixture.Trained) Comparison.CloseGradient("gradient of " + name, fixture["gradient/" + name], parameters[name].Gradient(), tolerance);
        foreach (var state in parameters.Where(p => p.IsState)) state.CopyFrom(fixture["start/" + state.Name]); // which those gradients moved

        // Ten steps feed every error back; Adam moreover divides small gradients by themselves.
        var optimizer = model.Optimizer();
        double[] losses = [.. Enumerable.Range(0, 10).Select(_ => driver.TrainBatch(optimizer))];
        Comparison.Close("losses of ten steps", fixture["losses"], losses, 10 * tolerance);
        foreach (var parameter in parameters) Comparison.Close(parameter.Name + " after ten steps", fixture["after/" + parameter.Name], parameter.Values(), 100 * tolerance);
    }
}
