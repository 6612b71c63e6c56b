% SPDX-License-Identifier: LGPL-2.1-or-later
% Reads a prepared data set as MATLAB or Octave users do, and shows that restored = Iq - Iresidual:
%   octave-cli training/prepared/check_prepared.m DATASET PICTURES
% PICTURES: the folder, without sub-folders, of PNG files that a data set with --range full was prepared from.
arguments = argv();
if numel(arguments) != 2
    error('usage: octave-cli check_prepared.m DATASET PICTURES');
end
[dataset, pictures] = arguments{:};
psnr = @(a, b) -10 * log10(mean((a(:) - b(:)) .^ 2));
files = dir(fullfile(dataset, 'compressedImages', '*.mat'));
if isempty(files)
    error('no MAT file in %s/compressedImages', dataset);
end
printf('%-28s %10s | PSNR against the picture''s luma of: %9s %15s %15s\n', 'file', 'rows x columns', 'Iq', ...
       'Iq - Iresidual', 'Iq + Iresidual');
for i = 1:numel(files)
    name = files(i).name;
    compressed = load(fullfile(dataset, 'compressedImages', name));
    residual = load(fullfile(dataset, 'residualImages', name));
    stem = regexprep(name, 'q\d+\.mat$', '');
    rgb = double(imread(fullfile(pictures, [stem '.png'])));
    if size(rgb, 3) == 1
        luma = rgb / 255;
    else
        luma = (0.299 * rgb(:, :, 1) + 0.587 * rgb(:, :, 2) + 0.114 * rgb(:, :, 3)) / 255;  % ITU-T T.871
    end
    assert(isa(compressed.Iq, 'double') && isa(residual.Iresidual, 'double'));
    assert(isequal(size(compressed.Iq), size(residual.Iresidual), size(luma)));
    difference = compressed.Iq - residual.Iresidual;
    levels = 255 * difference;
    assert(max(abs(levels(:) - round(levels(:)))) < 1e-9, 'the reference is not in whole levels');
    % The reference is a JPEG of quality 100, which errs by rounding alone.
    assert(psnr(difference, luma) > 45);
    assert(psnr(compressed.Iq + residual.Iresidual, luma) < psnr(compressed.Iq, luma));
    printf('%-28s %4d x %-7d | %45.2f %15.2f %15.2f\n', name, rows(luma), columns(luma), ...
           psnr(compressed.Iq, luma), psnr(difference, luma), psnr(compressed.Iq + residual.Iresidual, luma));
end
printf('%d pairs: Iq - Iresidual is the luma\n', numel(files));
