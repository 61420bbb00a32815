using SiDT.Backend.Compilation;
using SiDT.Backend.Diff;
using SiDT.Backend.Outputs;
using SiDT.Backend.Pages;
using SiDT.Backend.Reporting;
using SiDT.Frontend;
using SiDT.Frontend.Reading;
using SiDT.Frontend.Writing;
using SiDT.Passes.Planning;
using SiDT.Passes.Proof;
using SiDT.Runtime;

namespace SiDT;

/// <summary>
/// The commands of sidtc as methods. Work runs on a thread of the pool; progress is told by stages, and a cancellation ends the
/// work between two steps with <see cref="OperationCanceledException"/>. Faults of inputs are <see cref="ModelError"/>,
/// <see cref="DataError"/>, <see cref="BudgetError"/>, <see cref="ProofError"/> and <see cref="OutputError"/>, each with one sentence that says what to do.
/// </summary>
public static class ModelCompiler
{
    /// <summary>Reads an ONNX file. Its tensors stay in the file until someone needs them.</summary>
    /// <exception cref="ModelError">The file is no readable model.</exception>
    public static Model Read(string path) => ModelReader.Read(path);

    /// <summary>Reads a plan (sidt-plan/1).</summary>
    /// <exception cref="ModelError">The file is no plan.</exception>
    public static Plan ReadPlan(string path) => PlanSource.Read(path);

    /// <summary>Writes a result, its plan beside it (<c>small.onnx</c>, <c>small.plan.json</c>): both, or neither.</summary>
    /// <exception cref="OutputError">They cannot be written.</exception>
    public static void Write(CompileResult result, string path) => ResultWriter.Write(result, path);

    /// <summary>What there is to cut in a model, and what is held fast.</summary>
    /// <param name="model">The model; it is not changed.</param>
    /// <param name="options">How ONNX Runtime computes; the rest has no influence.</param>
    /// <param name="progress">Told how far the work is.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static Task<Inspection> InspectAsync(Model model, CompileOptions? options = null, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default) =>
        Run(options, progress, cancellation, c => c.Inspect(model));

    /// <summary>Decides what to cut, cuts it, and proves the result.</summary>
    /// <exception cref="BudgetError">What was asked cannot be met.</exception>
    /// <exception cref="ProofError">The result is not what its plan says.</exception>
    /// <inheritdoc cref="InspectAsync"/>
    public static Task<CompileResult> PruneAsync(Model model, CompileOptions options, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default) =>
        Run(options, progress, cancellation, c => c.Prune(model));

    /// <summary>Decides what to cut, and cuts nothing.</summary>
    /// <exception cref="BudgetError">What was asked cannot be met.</exception>
    /// <inheritdoc cref="InspectAsync"/>
    public static Task<PlanResult> PlanAsync(Model model, CompileOptions options, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default) =>
        Run(options, progress, cancellation, c => c.Plan(model));

    /// <summary>Cuts by a plan that was made before, and proves the result.</summary>
    /// <param name="model">The model that the plan was made for; it is not changed.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="options">What must be shown of the result, and how ONNX Runtime computes.</param>
    /// <param name="progress">Told how far the work is.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ModelError">The plan does not fit the model.</exception>
    /// <exception cref="ProofError">The result is not what the plan says.</exception>
    public static Task<CompileResult> ApplyAsync(Model model, Plan plan, CompileOptions? options = null, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default) =>
        Run(options, progress, cancellation, c => c.Apply(model, plan, "the plan"));

    /// <summary>Proves again that a small model is what its plan says.</summary>
    /// <param name="model">The original.</param>
    /// <param name="small">What was made of it.</param>
    /// <param name="plan">By this plan.</param>
    /// <param name="options">The seed of the inputs, and how ONNX Runtime computes.</param>
    /// <param name="progress">Told how far the work is.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="ModelError">The plan does not fit the model.</exception>
    public static Task<ProofResult> VerifyAsync(Model model, Model small, Plan plan, CompileOptions? options = null, IProgress<StageProgress>? progress = null, CancellationToken cancellation = default) =>
        Run(options, progress, cancellation, c => c.Verify(model, small, plan, "the plan"));

    /// <summary>What is different between any two models.</summary>
    /// <param name="first">A model.</param>
    /// <param name="second">Another.</param>
    /// <param name="options">What counts as no difference.</param>
    /// <param name="cancellation">Ends the work before it starts.</param>
    public static Task<ModelDiff> DiffAsync(Model first, Model second, DiffOptions? options = null, CancellationToken cancellation = default) =>
        Task.Run(() => new ModelComparer(options ?? new DiffOptions()).Compare(first, second, Describe(first), Describe(second)), cancellation);

    /// <summary>The page that <c>sidtc diff --format html</c> writes: one file that needs no other.</summary>
    /// <inheritdoc cref="DiffAsync"/>
    public static Task<string> DiffPageAsync(Model first, Model second, DiffOptions? options = null, CancellationToken cancellation = default) =>
        Task.Run(() => ComparisonPage.Of(first, second, Describe(first), Describe(second), options ?? new DiffOptions()).ToHtml(), cancellation);

    /// <summary>Scores models on data; the first is the one that the others are compared with.</summary>
    /// <param name="models">Model files.</param>
    /// <param name="data">Data: a folder of pictures, <c>.npy</c>, <c>.npz</c>, idx or CIFAR files.</param>
    /// <param name="session">How ONNX Runtime computes.</param>
    /// <param name="cancellation">Ends the work between two batches.</param>
    /// <exception cref="DataError">The data are at fault.</exception>
    public static Task<IReadOnlyList<ModelScore>> EvalAsync(IReadOnlyList<string> models, string data, SessionSettings? session = null, CancellationToken cancellation = default) =>
        WithSessions(models, session, cancellation, sessions => Evaluation.Run(sessions, DataSet.Open(data, sessions[0].Model), cancel: cancellation));

    /// <summary>Latencies of models, taken in turns; ratios are relative to the first.</summary>
    /// <param name="models">Model files.</param>
    /// <param name="settings">How long.</param>
    /// <param name="session">How ONNX Runtime computes.</param>
    /// <param name="cancellation">Ends the work between two runs.</param>
    public static Task<IReadOnlyList<Latency>> BenchAsync(IReadOnlyList<string> models, BenchSettings? settings = null, SessionSettings? session = null, CancellationToken cancellation = default) =>
        WithSessions(models, session, cancellation, sessions =>
        {
            IReadOnlyDictionary<string, Tensor> feeds = SyntheticInputs.For(sessions[0].Model);
            var prepared = new List<PreparedRun>();
            try
            {
                BenchSubject[] subjects = [.. sessions.Select(s =>
                {
                    BenchSubject subject = BenchSubject.Of(s.Name, s.Model, feeds, out PreparedRun run);
                    prepared.Add(run);
                    return subject;
                })];
                return PairedBench.Run(subjects, settings, cancel: cancellation);
            }
            finally
            {
                prepared.ForEach(p => p.Dispose());
            }
        });

    private static Task<T> Run<T>(CompileOptions? options, IProgress<StageProgress>? progress, CancellationToken cancellation, Func<Compiler, T> work) =>
        Task.Run(() => work(new Compiler(options ?? new CompileOptions(), new StageClock(progress, cancellation))), cancellation);

    private static Task<T> WithSessions<T>(IReadOnlyList<string> models, SessionSettings? settings, CancellationToken cancellation, Func<IReadOnlyList<(string Name, Session Model)>, T> work) => Task.Run(() =>
    {
        var sessions = new List<(string Name, Session Model)>();
        try
        {
            foreach (string path in models)
                sessions.Add((path, Session.Open(path, settings)));
            return work(sessions);
        }
        finally
        {
            sessions.ForEach(s => s.Model.Dispose());
        }
    }, cancellation);

    private static ReportFile Describe(Model model) => new(model.Path ?? "", model.Sha256, model.FileBytes);
}
