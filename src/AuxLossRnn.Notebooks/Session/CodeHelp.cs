using AuxLossRnn.Notebooks.Interactive;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Host.Mef;
using Microsoft.CodeAnalysis.QuickInfo;

namespace AuxLossRnn.Notebooks.Session;

/// <summary>Completes and explains code of a cell that is being written, after the cells that ran.</summary>
/// <remarks>Nothing is built before it is first asked.</remarks>
internal sealed class CodeHelp(Func<IReadOnlyList<MetadataReference>> references) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _ran = [];
    private AdhocWorkspace? _workspace;
    private ProjectId? _last;
    private int _known;

    /// <summary>Remembers a cell that ran.</summary>
    public void Add(string code)
    {
        lock (_gate)
        {
            _ran.Add(code);
        }
    }

    public async Task<CompletionList> CompleteAsync(string code, int position, CancellationToken cancellation)
    {
        position = Math.Clamp(position, 0, code.Length);
        Document document = Open(code);
        CompletionService service = CompletionService.GetService(document)!;
        var list = await service.GetCompletionsAsync(document, position, cancellationToken: cancellation);
        string typed = code[list.Span.Start..position];
        string[] matches = [.. list.ItemsList
            .Where(item => item.FilterText.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
            .Select(item => item.DisplayText)
            .Distinct()];
        return new CompletionList(matches, list.Span.Start, position);
    }

    public async Task<MimeBundle?> InspectAsync(string code, int position, CancellationToken cancellation)
    {
        Document document = Open(code);
        QuickInfoItem? item = await QuickInfoService.GetService(document)!
            .GetQuickInfoAsync(document, Math.Clamp(position, 0, code.Length), cancellation);
        return item is null ? null
            : ValueFormats.Text(ValueFormats.Plain, string.Join("\n", item.Sections.Select(section => section.Text)));
    }

    public void Dispose() => _workspace?.Dispose();

    private Document Open(string code)
    {
        lock (_gate)
        {
            _workspace ??= new AdhocWorkspace(MefHostServices.DefaultHost);
            Solution solution = _workspace.CurrentSolution;
            for (; _known < _ran.Count; _known++)
            {
                (solution, _last, _) = With(solution, _ran[_known]);
            }

            _workspace.TryApplyChanges(solution);
            (solution, _, DocumentId document) = With(_workspace.CurrentSolution, code);
            return solution.GetDocument(document)!;
        }
    }

    private (Solution Solution, ProjectId Project, DocumentId Document) With(Solution solution, string code)
    {
        var project = ProjectId.CreateNewId();
        var document = DocumentId.CreateNewId(project);
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, usings: CSharpSession.Imports, allowUnsafe: true);
        string name = $"Cell{solution.ProjectIds.Count}";
        ProjectInfo info = ProjectInfo.Create(
            project, VersionStamp.Create(), name, name, LanguageNames.CSharp,
            compilationOptions: options,
            parseOptions: CSharpSession.ParseOptions,
            projectReferences: _last is null ? [] : [new ProjectReference(_last)],
            metadataReferences: references(),
            isSubmission: true,
            hostObjectType: typeof(NotebookGlobals));
        return (solution.AddProject(info).AddDocument(document, name, code), project, document);
    }
}
