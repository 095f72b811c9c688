using System.Collections.Immutable;
using System.Runtime.Loader;
using System.Text;
using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Lowering;
using DlGen.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DlGen.Tests.Compiling;

/// <summary>
/// Models compiled in memory from C# source, the generator included, and loaded: the way a user's build goes, without the SDK. Many models share
/// one compilation, because its cost (one second) hardly depends on their number.
/// </summary>
internal sealed class CompiledModels
{
    private static readonly CSharpParseOptions Parse = WithoutNullability.Of(new(LanguageVersion.Latest));

    /// <summary>What this process itself runs on, the runtime library and these tests included: no reference assemblies to fetch.</summary>
    internal static readonly ImmutableArray<MetadataReference> References = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator).Where(IsReference).Append(typeof(IModel).Assembly.Location).Append(typeof(IModelDriver).Assembly.Location).Distinct()
        .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)).ToImmutableArray();

    private readonly Dictionary<string, CompiledModel> models = [];
    private readonly Lazy<System.Reflection.Assembly> loaded;

    private CompiledModels(byte[] image, IEnumerable<Declaration> declarations, string generated)
    {
        Image = image;
        Generated = generated;
        loaded = new(() => Load(image));
        foreach (var declaration in declarations) models.Add(FullName(declaration), new CompiledModel(this, declaration));
    }

    public IEnumerable<CompiledModel> All => models.Values;

    /// <summary>The assembly's bytes: child processes load them too.</summary>
    public byte[] Image { get; }

    /// <summary>All generated source, for messages and for a look.</summary>
    public string Generated { get; }

    /// <summary>The assembly, once for all of its models.</summary>
    public System.Reflection.Assembly Loaded => loaded.Value;

    /// <summary>By full name.</summary>
    public CompiledModel this[string name] => models[name];

    /// <summary>Compiles sources; every class marked [Model] in them becomes a model here. Any diagnostic of the compiler is a failure.</summary>
    public static CompiledModels From(params string[] sources) => From(new EmitOptions(), sources);

    /// <summary>The same with other texts of the networks: plain loops, buffers that share no memory.</summary>
    public static CompiledModels From(EmitOptions options, params string[] sources)
    {
        var compilation = Compilation(sources);
        var declarations = Declarations(compilation);
        foreach (var declaration in declarations)
            if (declaration.Error is { } error) throw new InvalidOperationException($"{declaration.Name}: {error}");

        var withDrivers = compilation.AddSyntaxTrees(declarations.Select(d => Tree(DriverSource.For(d), "Drivers/" + FullName(d) + ".cs")));
        var (complete, generated) = options == new EmitOptions() ? Generate(withDrivers) : Emit(withDrivers, declarations, options);

        using var image = new MemoryStream();
        var errors = complete.Emit(image).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error || d.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true && d.Severity == DiagnosticSeverity.Warning).ToList();
        if (errors.Count > 0) throw new InvalidOperationException(string.Join("\n", errors.Take(10)) + "\n" + generated);
        return new CompiledModels(image.ToArray(), declarations, generated);
    }

    /// <summary>What the compiler reads from the sources, without generating anything: all that the oracle needs.</summary>
    public static IReadOnlyList<Declaration> Read(params string[] sources) => Declarations(Compilation(sources));

    /// <summary>One load of an image, for all of its models: copies of their own took gigabytes, and every model its own compilation of what they share.</summary>
    public static System.Reflection.Assembly Load(byte[] image) => new AssemblyLoadContext("models").LoadFromStream(new MemoryStream(image));

    /// <summary>The driver of a model of a loaded image.</summary>
    public static IModelDriver Create(System.Reflection.Assembly loaded, string model, long seed)
        => (IModelDriver)Activator.CreateInstance(loaded.GetType(DriverSource.NameFor(model), throwOnError: true)!, seed)!;

    public static string FullName(Declaration declaration) => declaration.Namespace.Length == 0 ? declaration.Name : declaration.Namespace + "." + declaration.Name;

    private static (Compilation Complete, string Generated) Generate(CSharpCompilation compilation)
    {
        var driver = CSharpGeneratorDriver.Create([new ModelGenerator().AsSourceGenerator()], parseOptions: Parse, optionsProvider: new SmallShards()).RunGeneratorsAndUpdateCompilation(compilation, out var complete, out var problems);
        if (problems.Length > 0) throw new InvalidOperationException(string.Join("\n", problems));
        return (complete, string.Join("\n", driver.GetRunResult().GeneratedTrees.Select(tree => tree.ToString())));
    }

    private static (Compilation Complete, string Generated) Emit(CSharpCompilation compilation, List<Declaration> declarations, EmitOptions options)
    {
        var lowering = options.Lowering ?? new LoweringOptions();
        options = options with { Lowering = lowering with { ShardRows = lowering.ShardRows ?? SmallShards.Rows } };
        var trees = declarations.Select(d => Tree(ModelSource.Emit(d, options), FullName(d) + ".g.cs")).ToList();
        return (compilation.AddSyntaxTrees(trees), string.Join("\n", trees));
    }

    private static CSharpCompilation Compilation(string[] sources)
        => CSharpCompilation.Create("Models", sources.Select((source, i) => Tree("using DlGen;\n" + source, "Models" + i + ".cs")), References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, optimizationLevel: OptimizationLevel.Release));

    private static SyntaxTree Tree(string source, string path) => CSharpSyntaxTree.ParseText(source, Parse, path, Encoding.UTF8);

    private static List<Declaration> Declarations(CSharpCompilation compilation)
    {
        var found = new List<Declaration>();
        foreach (var tree in compilation.SyntaxTrees)
        {
            var semantics = compilation.GetSemanticModel(tree);
            foreach (var type in tree.GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>())
            {
                if (semantics.GetDeclaredSymbol(type) is not { } symbol || !symbol.GetAttributes().Any(a => a.AttributeClass?.Name == nameof(ModelAttribute))) continue;
                var read = ModelReader.Read(symbol, compilation, CancellationToken.None);
                found.Add(read.Declaration ?? throw new InvalidOperationException($"{symbol.Name} is no model: {string.Join("; ", read.Diagnostics)}"));
            }
        }
        return found;
    }

    private static bool IsReference(string path)
        => Path.GetFileName(path) is { } name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "mscorlib.dll" or "netstandard.dll" or "DlGen.Cuda.dll");
}

/// <summary>One compiled model: what the compiler read, and instances of what it wrote.</summary>
internal sealed class CompiledModel(CompiledModels owner, Declaration declaration)
{
    public Declaration Declaration => declaration;

    public string Name => CompiledModels.FullName(declaration);

    public bool HasLoss => declaration.Training!.Find(OutputRole.Loss) >= 0;

    public IModelDriver Create(long seed = 1) => CompiledModels.Create(owner.Loaded, Name, seed);
}
