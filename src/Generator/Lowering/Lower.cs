using System.Globalization;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// The road from a declaration's graphs to a module: MemoryOrder, Simplify, Differentiate, FoldedProducts, FewOutputs, WinogradFilters, Layout, Recompute, Fuse, InsideAssemblies, Schedule, kernels, PlanMemory. The entry programs share
/// their kernels: equal records are one.
/// </summary>
internal sealed class Lower
{
    private readonly List<Kernel> kernels = [];
    private readonly Dictionary<Kernel, int> known = [];
    private readonly List<EntryProgram> programs = [];
    private readonly List<double> constants = [];
    private readonly Dictionary<string, int> inputs;
    private EquatableArray<ParameterBuffer> parameters;
    private int derivedLength;

    private readonly LoweringOptions options;
    private readonly bool float64;

    private Lower(IReadOnlyList<string> inputs, IReadOnlyList<string> outputs, bool float64, LoweringOptions options)
    {
        this.inputs = inputs.Append(InputOp.Position).Concat(outputs.Select(o => InputOp.PassOutput + o)).Concat(outputs.Select(o => InputOp.OutputGradient + o))
            .Select((variable, i) => (variable, i)).ToDictionary(v => v.variable, v => v.i);
        this.float64 = float64;
        this.options = options;
    }

    /// <param name="training">The network and its loss as they are trained.</param>
    /// <param name="prediction">The same as they are used.</param>
    /// <param name="inputs">The variables of inputs and targets, in the order of the generated signatures.</param>
    /// <param name="options">Choices of tests and experiments in place of the schedule's.</param>
    public static Module Run(Graph training, Graph prediction, IReadOnlyList<string> inputs, bool float64, LoweringOptions? options = null)
        => new Lower(inputs, training.All(OutputRole.Output).Select(o => o.Name).ToList(), float64, options ?? new LoweringOptions()).Run(training, prediction);

    private Module Run(Graph training, Graph prediction)
    {
        var trained = Simplify.BeforeDifferentiation(MemoryOrder.Run(training));
        var used = Simplify.BeforeDifferentiation(MemoryOrder.Run(prediction));
        bool trains = training.Find(OutputRole.Loss) >= 0;
        parameters = ParameterLayout.Assign(trains ? trained : used, float64);

        var step = trains ? Prepare(Differentiate.LossByParameters(Only(trained, OutputRole.Loss, OutputRole.State))) : null;
        var predicting = FoldIntoContractions.Run(used);
        var predict = Prepare(Only(predicting, OutputRole.Prediction));
        var schedule = Schedule.For(step ?? predict, float64, options);
        Add(EntryProgram.Predict, predict, schedule, isTraining: false);
        if (step is not null)
        {
            Add(EntryProgram.Evaluate, Prepare(Only(predicting, OutputRole.Prediction, OutputRole.Loss)), schedule, isTraining: false);
            Add(EntryProgram.Gradients, step, schedule, isTraining: true);
            // They run while parameters change, so what is the same for all rows is made with each run.
            if (!options.IsDevice && trained.Find(OutputRole.Weight) is >= 0 and var weight)
                Add(EntryProgram.Weights, Prepare(new Graph(trained.Nodes, new[] { new Output(OutputRole.Loss, "", weight) }.ToEquatableArray())), schedule, isTraining: true);
            if (!options.IsDevice && used.Find(OutputRole.Labels) is >= 0 and var labels)
                Add(EntryProgram.Labels, Prepare(new Graph(used.Nodes, new[] { new Output(OutputRole.Prediction, "", labels) }.ToEquatableArray())), schedule, isTraining: true);
            if (!options.IsDevice) Add(EntryProgram.PassLoss, Prepare(Differentiate.LossByOutput(Simplify.BeforeDifferentiation(MemoryOrder.Run(Differentiate.CutAtOutput(training))))), schedule, isTraining: true);
        }
        if (!options.IsDevice) Add(EntryProgram.Pass, Prepare(Differentiate.OutputByAll(Only(trained, OutputRole.Output, OutputRole.State)), isPass: true), schedule, isTraining: true);
        if (!options.IsDevice && !trained.Equals(used)) Add(EntryProgram.PassInference, Prepare(Differentiate.OutputByAll(Only(used, OutputRole.Output)), isPass: true), schedule, isTraining: true);

        var stepwise = OneStep.Of(prediction);
        if (stepwise.Graph is { } oneStep) AddSteps(oneStep, stepwise, schedule with { ShardRows = 1 });

        int length = parameters.Count == 0 ? 0 : parameters.Max(p => p.Offset + p.Length);
        return new Module(kernels.ToEquatableArray(), programs.ToEquatableArray(), parameters, ParameterLayout.RoundUp(length, ParameterLayout.Alignment),
            derivedLength, schedule.ShardRows, constants.ToEquatableArray(), float64, schedule.Notes) { StepObstacle = stepwise.Obstacle };
    }

    private static Graph Only(Graph graph, params OutputRole[] roles) => new(graph.Nodes, graph.Outputs.Where(o => roles.Contains(o.Role)).ToEquatableArray());

    /// <summary>The program of a step, and before it that of what its steps have in common, where they have.</summary>
    private void AddSteps(Graph oneStep, StepwiseNetwork stepwise, Schedule schedule)
    {
        var simplified = Simplify.BeforeDifferentiation(MemoryOrder.Run(Beginning.Mark(oneStep, stepwise.Sequence)));
        var (begin, step, firstGiven) = Beginning.Split(LaidOut(FoldIntoContractions.Run(simplified)), stepwise.Sequence);
        var (fusedBegin, fusedStep) = (begin is null ? null : Fused(begin, isPass: true), Fused(step, isPass: true));
        var memories = Memories.Of(fusedBegin is null ? [fusedStep.Graph] : [fusedBegin.Graph, fusedStep.Graph], firstGiven);
        if (fusedBegin is not null) Add(EntryProgram.Begin, fusedBegin, schedule, isTraining: false, memories);
        Add(EntryProgram.Step, fusedStep, schedule, isTraining: false, memories);
        programs[programs.Count - 1] = programs[programs.Count - 1] with { Positions = stepwise.Positions, MemoryLength = memories.HandedOn, GivenLength = memories.Given };
    }

    private FusedGraph Prepare(Graph graph, bool isPass = false) => Fused(LaidOut(graph), isPass);

    private Graph LaidOut(Graph graph)
    {
        var simplified = Simplify.AfterDifferentiation(FoldedProducts.Run(graph));
        bool winograd = options.Winograd && !float64;
        var alongWidth = options.IsDevice ? simplified : FewOutputs.Run(simplified, float64, winograd);
        return Layout.Run(winograd ? WinogradFilters.Run(alongWidth) : alongWidth, parameters.ToDictionary(p => p.Path));
    }

    private FusedGraph Fused(Graph laidOut, bool isPass) => new(Recompute.Run(laidOut), parameters, callersMemoryHasSlack: isPass);

    private void Add(string name, FusedGraph fused, Schedule schedule, bool isTraining, Memories? memories = null)
    {
        var builder = new KernelBuilder(fused);
        var inOrder = InOrder(fused).ToList();
        var phaseOf = PhasesOf(fused, inOrder);
        var launches = inOrder
            .Where(c => c.Members.Any(fused.Stored))
            .Select(c => (Phase: phaseOf[c.Number], Cluster: c))
            .OrderBy(c => c.Phase)
            .SelectMany(c => builder.Build(c.Cluster).Select(launch => (c.Phase, Launch: c.Phase.Kind == PhaseKind.Prepare && !isTraining ? WithDerivedScratch(launch) : launch)))
            .ToList();
        var memory = PlanMemory.Run(fused, schedule.ShardRows, launches, inputs, isTraining, derivedLength, options.SeparateBuffers, memories ?? Memories.None);
        derivedLength = Math.Max(derivedLength, memory.DerivedLength);

        var constantOffsets = PlaceConstants(fused.Graph);
        // Differentiation begins with the seed; what stands before it is the forward pass.
        int seed = Enumerable.Range(0, fused.Graph.Nodes.Count).FirstOrDefault(i => fused.Graph[i].Op is LossScaleOp);
        int loss = fused.Graph.Find(OutputRole.Loss);
        var phases = launches.GroupBy(l => l.Phase).Select(phase => new Phase(phase.Key, phase.Any(l => l.Launch.Loop is null && l.Launch.Cluster.Members.Contains(loss)), phase.Select(l => new Launch(
            Number(l.Launch.Kernel),
            l.Launch.Buffers.Select(b => memory.ArgumentOf(b, parameters, constantOffsets)).ToEquatableArray(),
            ForwardValues(fused, l.Launch, seed > 0 ? seed : int.MaxValue),
            Comment(l.Launch.Loop?.Body ?? fused, l.Launch))
            {
                Loop = l.Launch.Loop is { } loop ? new Loop(loop.Scan, loop.Steps) : null,
            }).ToEquatableArray())).ToEquatableArray();
        var losses = loss < 0 ? null : (Argument?)memory.ArgumentOf(new BufferRef(BufferKind.Node, loss, 0), parameters, constantOffsets);
        var states = fused.Graph.Outputs.Where(o => o.Role == OutputRole.State)
            .Select(o => new StateUpdate(fused.ParameterIndex(o.Name), memory.ArgumentOf(new BufferRef(BufferKind.Node, o.Node, 0), parameters, constantOffsets).Offset));
        programs.Add(new EntryProgram(name, phases, memory.SharedLength, memory.ShardLength, memory.ScratchLength, losses, memory.LossScaleOffset, states.ToEquatableArray())
        {
            TeamRows = schedule.TeamRowsOf(fused.Graph),
            OutputLengths = fused.Graph.Outputs.Where(o => o.Role is OutputRole.Prediction or OutputRole.Output).Select(o => fused.Graph[o.Node].Shape.Count).ToEquatableArray(),
            Updates = fused.Graph.All(OutputRole.Memory).Select(o => new MemoryUpdate(memories![int.Parse(o.Name, CultureInfo.InvariantCulture)], fused.Graph[o.Node].Shape.Count,
                memory.ArgumentOf(new BufferRef(BufferKind.Node, o.Node, 0), parameters, constantOffsets))).ToEquatableArray(),
            KeptForBackward = seed == 0 ? 0 : KeptForBackward(fused, launches.Select(l => l.Launch), seed),
        });
    }

    /// <summary>Elements a row that the forward pass leaves to the backward pass.</summary>
    private static int KeptForBackward(FusedGraph fused, IEnumerable<PlannedLaunch> launches, int seed)
        => launches.Where(l => (l.Loop?.Scan ?? l.Cluster.Root) >= seed).SelectMany(l => l.Buffers).Where(b => b.Kind == BufferKind.Node && b.Scan < 0 && fused.ValueAt(b.Index) < seed && fused.Graph[b.Index].PerRow)
            .Select(b => b.Index).Distinct().Sum(node => fused.Graph[node].Shape.Count);

    private int Number(Kernel kernel)
    {
        if (options.IsDevice) kernel = InOneShard(kernel);
        if (known.TryGetValue(kernel, out int number)) return number;
        kernels.Add(kernel);
        known.Add(kernel, kernels.Count - 1);
        return kernels.Count - 1;
    }

    /// <summary>The rows of the batch lie one after the other, and are one axis like others.</summary>
    private static Kernel InOneShard(Kernel kernel) => kernel switch
    {
        ContractionKernel { Sharded: true } contraction => contraction with { Sharded = false },
        ReductionKernel { Sharded: true } reduction => reduction with { Sharded = false },
        _ => kernel,
    };

    /// <summary>What prepares derived values runs without an arena: the scratch of its row kernels lies beside the values.</summary>
    private static PlannedLaunch WithDerivedScratch(PlannedLaunch launch)
        => launch with { Buffers = launch.Buffers.Select(b => b.Kind == BufferKind.RowScratch ? b with { Kind = BufferKind.DerivedScratch } : b).ToList() };

    private Dictionary<int, int> PlaceConstants(Graph graph)
    {
        var offsets = new Dictionary<int, int>();
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            if (graph[i].Op is not ConstantOp constant) continue;
            offsets[i] = constants.Count;
            constants.AddRange(constant.Values);
            // Vectors may read past the end of a constant, never past the end of all of them.
            constants.AddRange(Enumerable.Repeat(0.0, ParameterLayout.RoundUp(constants.Count, ParameterLayout.Alignment) - constants.Count + ParameterLayout.Alignment));
        }
        return offsets;
    }

    /// <summary>Clusters such that each comes after those it reads; otherwise in the order of the graph. Without recursion: networks are deep.</summary>
    public static IEnumerable<Cluster> InOrder(FusedGraph fused)
    {
        var entered = new HashSet<int>();
        var order = new List<Cluster>();
        var waiting = new Stack<(Cluster Cluster, Queue<int> Sources)>();
        void Enter(Cluster cluster)
        {
            if (entered.Add(cluster.Number)) waiting.Push((cluster, new Queue<int>(cluster.Sources.OrderBy(s => s))));
        }
        foreach (var root in fused.Clusters)
        {
            Enter(root);
            while (waiting.Count > 0)
            {
                var (cluster, sources) = waiting.Peek();
                if (sources.Count > 0) Enter(fused.Clusters[sources.Dequeue()]);
                else order.Add(waiting.Pop().Cluster);
            }
        }
        return order;
    }

    /// <summary>
    /// The phase of each cluster, given in an order in which sources come first: as early as its sources allow. What is shared by all rows and
    /// depends on them waits for all shards of the phase that makes its sources; what is per row and reads that starts the next shards.
    /// </summary>
    private static Dictionary<int, PhaseOrder> PhasesOf(FusedGraph fused, IEnumerable<Cluster> inOrder)
    {
        var phases = new Dictionary<int, PhaseOrder>();
        foreach (var cluster in inOrder)
        {
            var part = fused.PartOf(cluster.Root);
            var sources = cluster.Sources.Select(s => phases[s]).Where(s => s.Part == part).ToList();
            int latest = sources.Count == 0 ? PhaseOrder.Prepare : sources.Max(s => s.Time);
            bool isPerRow = fused.Graph[cluster.Root].PerRow || cluster.PerRow;
            bool meetsRows = part != ProgramPart.Forward || fused.IsOverRows(cluster.Root) || cluster.Sources.Any(s => phases[s].Kind == PhaseKind.Batch)
                // A gradient that is zero whatever the batch waits for nothing, but is written with the others.
                || cluster.Members.Any(m => fused.GradientHome(m) is not null);
            int time = isPerRow ? Math.Max(1, latest % 2 == 0 ? latest + 1 : latest)
                : meetsRows ? Math.Max(0, latest % 2 == 1 ? latest + 1 : latest)
                : PhaseOrder.Prepare;
            phases[cluster.Number] = new PhaseOrder(part, time);
        }
        return phases;
    }

    private static EquatableArray<Written> ForwardValues(FusedGraph fused, PlannedLaunch launch, int end)
    {
        // What is only copied was looked at where it was made.
        if (launch.Cluster.Kind is ClusterKind.Assemble or ClusterKind.Scan) return EquatableArray<Written>.Empty;
        var graph = launch.Loop?.Body ?? fused;
        var written = launch.Cluster.Members.Where(graph.Stored).Select(node => (Node: node, graph.MemoryOf(node).Buffer)).ToList();
        return launch.Buffers.Select((buffer, argument) => (buffer, argument))
            .Where(b => b.buffer.Kind == BufferKind.Node && launch.Kernel.Buffers[b.argument].IsWritten)
            .Select(b => (b.argument, Node: NodeAt(b.buffer)))
            .Where(b => (launch.Loop?.Scan ?? b.Node) < end)
            .Where(b => graph.Graph[b.Node].PerRow)
            .Select(b => (b.argument, b.Node, Lines: graph.LinesOf(b.Node)))
            .Select(b => new Written(b.argument, b.Lines.Lines, b.Lines.Length, b.Lines.Stride, graph.MemoryOf(b.Node).RowStride, graph.Graph[b.Node].Layer)).ToEquatableArray();

        // Several may lie in one whole, each where it begins; what a kernel writes in pieces is one.
        int NodeAt(BufferRef buffer) => written.OrderByDescending(w => w.Buffer == buffer).First(w => w.Buffer with { Offset = buffer.Offset } == buffer).Node;
    }

    private static string Comment(FusedGraph fused, PlannedLaunch launch)
    {
        var layers = launch.Cluster.Members.Select(m => fused.Graph[m].Layer).Where(l => l.Length > 0).Distinct();
        var shapes = launch.Cluster.Members.Where(fused.Stored).Select(m => fused.Graph[m].Shape.ToString()).Distinct();
        return string.Join(", ", layers) + " → " + string.Join(", ", shapes);
    }
}
