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

    private CompiledModels(byte[] image, IEnumerable<Declaration> declarations)
    {
        Image = image;
        loaded = new(() => Load(image));
        foreach (var declaration in declarations) models.Add(FullName(declaration), new CompiledModel(this, declaration));
    }

    public IEnumerable<CompiledModel> All => models.Values;

    /// <summary>The assembly's bytes: child processes load them too.</summary>
    public byte[] Image { get; }

    /// <summary>The assembly, once for all of its models.</summary>
    public System.Reflection.Assembly Loaded => loaded.Value;

    /// <summary>By full name.</summary>
    public CompiledModel this[string name] => models[name];

    /// <summary>Compiles sources; every class marked [Model] in them becomes a model here. Any diagnostic of the compiler is a failure.</summary>
    public static CompiledModels From(params string[] sources) => From(new EmitOptions(), sources);

    /// <summary>The same with other texts of the networks: plain loops, buffers that share no memory.</summary>
    public static CompiledModels From(EmitOptions options, params string[] sources) => From(options, text => text, sources);

    /// <summary>The same of what this process runs alone, in a third of the time: for many models, none of which goes to a process without some instruction set.</summary>
    public static CompiledModels ForThisMachine(params string[] sources) => From(new EmitOptions(), ThisMachine.Of, sources);

    private static CompiledModels From(EmitOptions options, Func<string, string> choose, string[] sources)
    {
        var compilation = Compilation(sources);
        var declarations = Declarations(compilation);
        foreach (var declaration in declarations)
            if (declaration.Error is { } error) throw new InvalidOperationException($"{declaration.Name}: {error}");

        var withDrivers = compilation.AddSyntaxTrees(declarations.Select(d => Tree(DriverSource.For(d), "Drivers/" + FullName(d) + ".cs")));
        var texts = options == new EmitOptions() ? Generate(withDrivers) : Emit(declarations, options);
        var complete = withDrivers.AddSyntaxTrees(texts.Select(text => Tree(choose(text.Source), text.Path)));

        using var image = new MemoryStream();
        var errors = complete.Emit(image).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error || d.Location.SourceTree?.FilePath.EndsWith(".g.cs", StringComparison.Ordinal) == true && d.Severity == DiagnosticSeverity.Warning).ToList();
        if (errors.Count > 0) throw new InvalidOperationException(string.Join("\n", errors.Take(10)) + "\n" + string.Join("\n", texts.Select(text => text.Source)));
        return new CompiledModels(image.ToArray(), declarations);
    }

    /// <summary>What the compiler reads from the sources, without generating anything: all that the oracle needs.</summary>
    public static IReadOnlyList<Declaration> Read(params string[] sources) => Declarations(Compilation(sources));

    /// <summary>One load of an image, for all of its models: copies of their own took gigabytes, and every model its own compilation of what they share.</summary>
    public static System.Reflection.Assembly Load(byte[] image) => new AssemblyLoadContext("models").LoadFromStream(new MemoryStream(image));

    /// <summary>The driver of a model of a loaded image.</summary>
    public static IModelDriver Create(System.Reflection.Assembly loaded, string model, long seed)
        => (IModelDriver)Activator.CreateInstance(loaded.GetType(DriverSource.NameFor(model), throwOnError: true)!, seed)!;

    public static string FullName(Declaration declaration) => declaration.Namespace.Length == 0 ? declaration.Name : declaration.Namespace + "." + declaration.Name;

    private static List<(string Path, string Source)> Generate(CSharpCompilation compilation)
    {
        var result = CSharpGeneratorDriver.Create([new ModelGenerator().AsSourceGenerator()], parseOptions: Parse, optionsProvider: new SmallShards()).RunGenerators(compilation).GetRunResult();
        if (result.Diagnostics.Length > 0) throw new InvalidOperationException(string.Join("\n", result.Diagnostics));
        return [.. result.GeneratedTrees.Select(tree => (tree.FilePath, tree.ToString()))];
    }

    private static List<(string Path, string Source)> Emit(List<Declaration> declarations, EmitOptions options)
    {
        var lowering = options.Lowering ?? new LoweringOptions();
        options = options with { Lowering = lowering with { ShardRows = lowering.ShardRows ?? SmallShards.Rows } };
        return [.. declarations.Select(d => (FullName(d) + ".g.cs", ModelSource.Emit(d, options)))];
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
