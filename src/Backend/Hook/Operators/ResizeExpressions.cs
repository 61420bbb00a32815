using SiDT.Backend.Hook.Expressions;
using SiDT.Passes.Shapes;

namespace SiDT.Backend.Hook.Operators;

/// <summary>Images in another size.</summary>
internal static class ResizeExpressions
{
    public static Step Resize(OperatorView v)
    {
        string mode = v.Node.Text("mode", "nearest"), where = v.Node.Text("coordinate_transformation_mode", v.Node.OpType == "Upsample" ? "asymmetric" : "half_pixel");
        Dim[] source = v.Shape(v.X), target = v.Shape(v.Value);
        if (source.Length != 4 || !source[0].Equals(target[0]) || !source[1].Equals(target[1]))
            throw v.Fault("only pictures (batch, channels, height, width) can be resized, along height and width");
        if (source.SequenceEqual(target))
            return v.Make($"{v.X}");
        if (v.Node.Int("antialias", 0) != 0)
            throw v.Fault("antialiasing is not supported");
        IEnumerable<Piece> size = [new Length(target[2], "height", -1, false), new Length(target[3], "width", -1, false)];
        bool corners = where == "align_corners";
        switch (mode)
        {
            case "nearest" when where == "asymmetric" && v.Node.Text("nearest_mode", "floor") is "floor" || Grows(source, target):
                return v.Make($"functional.interpolate({v.X:,}, new long[] {{ {size} }})");
            case "linear" when where is "half_pixel" or "pytorch_half_pixel" or "align_corners":
                return v.Make($"functional.interpolate({v.X:,}, new long[] {{ {size} }}, null, InterpolationMode.Bilinear, {(corners ? "true" : "false")})");
            case "cubic" when where is "half_pixel" or "pytorch_half_pixel" or "align_corners" && Math.Abs(v.Node.Float("cubic_coeff_a", -0.75f) + 0.75f) < 1e-6:
                return v.Make($"functional.interpolate({v.X:,}, new long[] {{ {size} }}, null, InterpolationMode.Bicubic, {(corners ? "true" : "false")})");
            default:
                throw v.Fault($"mode {mode} with {where} coordinates is not supported");
        }
    }

    // at whole multiples every rule for the nearest pixel gives the same one
    private static bool Grows(Dim[] source, Dim[] target) =>
        target[2].DivideExactly(source[2]) is { IsConstant: true } && target[3].DivideExactly(source[3]) is { IsConstant: true };
}
